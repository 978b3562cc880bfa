import { z } from "zod";
import { asSet } from "../fields.ts";
import { namedKind } from "./named.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  repositories: z.string(),
  tags: z.string(),
  exceptTags: z.array(z.string()),
  version: z.number(),
});

export const immutabilityRules = namedKind(
  "immutability-rules",
  shape,
  ({ repositories, tags, exceptTags }) => ({ repositories, tags, exceptTags: asSet(exceptTags) }),
);
