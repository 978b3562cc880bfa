import { z } from "@hono/zod-openapi";
import { troubles } from "../../features/insight/analyst/trouble.ts";
import type { Insight } from "../../features/insight/artifact/insight.ts";
import { timeShape } from "./shapes.ts";

const words = z.string().nullable();
const list = z.array(z.string());
const bytes = z.number().int();

/** Why something could not be analysed. */
const troubleShape = z.enum([...troubles]).nullable();

/** What is said beside a list that may not be there yet. */
export const standingShape = {
  state: z.enum(["ready", "pending", "failed"]).openapi({
    description: "While `pending`, the layers are being listed: ask again.",
  }),
  job: z.string().nullable().openapi({ description: "The job that lists them." }),
  failure: troubleShape,
};

const imageShape = z
  .object({
    os: words,
    architecture: words,
    variant: words,
    created: timeShape.nullable(),
    author: words,
    entrypoint: list.nullable(),
    cmd: list.nullable(),
    env: list,
    user: words,
    workingDir: words,
    exposedPorts: list,
    volumes: list,
    labels: z.record(z.string(), z.string()),
    stopSignal: words,
    healthcheck: words,
  })
  .openapi("ImageConfig");

const layerShape = z
  .object({
    digest: words.openapi({ description: "Null for a line of history that made no layer." }),
    size: bytes,
    mediaType: words,
    command: words,
    comment: words,
    created: timeShape.nullable(),
    sharedWith: z.number().int().openapi({
      description: "Other artifacts of the project that have it and that you may see, up to 1,000.",
    }),
  })
  .openapi("LayerInsight");

const childShape = z
  .object({
    digest: z.string(),
    mediaType: z.string(),
    artifactType: words,
    size: bytes,
    platform: z
      .object({ os: z.string(), architecture: z.string(), variant: words, osVersion: words })
      .nullable(),
    annotations: z.record(z.string(), z.string()),
    present: z.boolean().openapi({ description: "Whether it is in the repository." }),
    totalSize: bytes.nullable(),
  })
  .openapi("ChildInsight");

const chartShape = z
  .object({
    name: z.string(),
    version: z.string(),
    appVersion: words,
    apiVersion: z.string(),
    type: words,
    description: words,
    home: words,
    icon: words.openapi({ description: "An address that the registry never fetches." }),
    keywords: list,
    sources: list,
    maintainers: z.array(z.object({ name: z.string(), email: words, url: words })),
    dependencies: z.array(
      z.object({ name: z.string(), version: z.string(), repository: words, condition: words }),
    ),
    values: words,
    readme: words,
  })
  .openapi("ChartInsight");

/** What an artifact is: all of it text of whoever pushed it. */
export const insightShape = z
  .object({
    state: z.enum(["ready", "pending", "failed"]),
    failure: troubleShape,
    totalSize: bytes.nullable().openapi({ description: "Of everything that it names." }),
    uniqueSize: bytes.nullable().openapi({
      description: "What no other artifact of the project has that you may see.",
    }),
    createdAt: timeShape.nullable(),
    image: imageShape.nullable(),
    layers: z.array(layerShape),
    children: z.array(childShape),
    chart: chartShape.nullable(),
    readme: z
      .object({
        source: z.enum(["annotation", "referrer", "chart", "label"]),
        markdown: z.string(),
      })
      .nullable()
      .openapi({ description: "Markdown as it was pushed: to be sanitised before it is shown." }),
  })
  .openapi("Insight");

/** The same, which the schema can take apart. */
export function shownInsight(insight: Insight): z.input<typeof insightShape> {
  // Lists that nobody may change are lists all the same: the schema copies them.
  return insight as z.input<typeof insightShape>;
}
