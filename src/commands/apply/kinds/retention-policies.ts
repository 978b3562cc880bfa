import { z } from "zod";
import { asSet } from "../fields.ts";
import { namedKind } from "./named.ts";

const shape = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  repositories: z.array(z.string()),
  schedule: z.object({ cron: z.string(), timeZone: z.string() }).nullable(),
  rules: z.array(z.record(z.string(), z.unknown())),
  version: z.number(),
});

export const retentionPolicies = namedKind(
  "retention-policies",
  shape,
  ({ description, repositories, schedule, rules }) => ({
    description,
    repositories: asSet(repositories),
    schedule,
    rules,
  }),
);
