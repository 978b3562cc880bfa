import { z } from "@hono/zod-openapi";
import type { Reclaim } from "../../../features/reclaim/control.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { digestShape, fullName, IN_REPOSITORY, place, resourceOf } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing, timeShape } from "../shapes.ts";

const TAG = "reclaim";
const figure = z.number().int();

const statusShape = z
  .object({
    paused: z.object({ at: timeShape, by: z.string() }).nullable().openapi({
      description: "Since when no node reclaims, and who said so; null while it goes on.",
    }),
    isEnabled: z.boolean().openapi({ description: "Whether the node that answers reclaims." }),
    waiting: z.object({
      untagged: figure.openapi({ description: "Live manifests that nothing holds." }),
      trashed: figure.openapi({ description: "Manifests in the trash." }),
      links: figure.openapi({ description: "Blobs that no manifest of their repository holds." }),
      blobs: figure.openapi({ description: "Blobs that no repository has." }),
      bytes: figure.openapi({ description: "Of those blobs." }),
      copies: figure.openapi({ description: "Copies that a newer one took the place of." }),
      repositories: figure.openapi({ description: "Deleted repositories." }),
      repositoryManifests: figure.openapi({ description: "Manifests in those." }),
      repositoryBytes: figure.openapi({
        description: "Of the blobs in those, each once; other repositories may have them as well.",
      }),
    }),
    today: z
      .object({
        trashed: figure.openapi({ description: "Moved to the trash, since nothing held them." }),
        manifests: figure,
        links: figure,
        blobs: figure,
        bytes: figure,
      })
      .openapi({ description: "Since midnight (UTC), on all nodes." }),
    nextDue: timeShape.nullable(),
    nodes: z.array(
      z.object({
        node: z.string(),
        sweptAt: timeShape,
        error: z.string().nullable().openapi({ description: "A code of the error catalogue." }),
        errorAt: timeShape.nullable(),
      }),
    ),
  })
  .openapi("ReclaimStatus");

const keptShape = z
  .object({
    digest: z.string(),
    kind: z.enum(["manifest", "blob"]),
    reasons: z.array(
      z.object({
        kind: z.enum([
          "tag",
          "index",
          "subject",
          "manifest",
          "trashed-manifest",
          "trash",
          "in-use",
          "grace",
          "untagged",
        ]),
        name: z.string().nullable().openapi({ description: "Of the tag." }),
        digest: z.string().nullable().openapi({ description: "Of the manifest that holds it." }),
        until: timeShape.nullable(),
      }),
    ),
  })
  .openapi("Kept");

const plain = { tag: TAG, params: nothing, query: nothing, body: undefined } as const;

/** `/reclaim`: how space comes back; and why something is kept. */
export function reclaimRoutes(reclaim: Reclaim): AnyRoute[] {
  const status = async () => {
    const { nodes, ...rest } = await reclaim.status();
    return { body: { ...rest, nodes: [...nodes] } };
  };
  return [
    route({
      ...plain,
      method: "get",
      path: "/reclaim",
      id: "getReclaim",
      summary: { en: "How reclaiming gets on", zh: "查看空间回收状况" },
      action: "system:read",
      answer: statusShape,
      handle: status,
    }),
    route({
      ...plain,
      method: "post",
      path: "/reclaim/pause",
      id: "pauseReclaim",
      summary: { en: "Pause reclaiming on all nodes", zh: "在所有节点暂停空间回收" },
      action: "system:update",
      answer: statusShape,
      async handle({ doer }) {
        await reclaim.pause(doer);
        return await status();
      },
    }),
    route({
      ...plain,
      method: "post",
      path: "/reclaim/resume",
      id: "resumeReclaim",
      summary: { en: "Let reclaiming go on", zh: "恢复空间回收" },
      action: "system:update",
      answer: statusShape,
      async handle({ doer }) {
        await reclaim.resume(doer);
        return await status();
      },
    }),
    route({
      ...plain,
      method: "post",
      path: "/reclaim/run",
      id: "runReclaim",
      summary: {
        en: "Reclaim what is due now, rather than at the next look",
        zh: "立即回收到期内容",
      },
      action: "system:update",
      answer: statusShape,
      async handle({ doer }) {
        await reclaim.run(doer);
        return await status();
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/kept/{digest}`,
      id: "whyKept",
      tag: TAG,
      summary: {
        en: "Why a manifest or blob is kept, and until when",
        zh: "查看 manifest 或 blob 被保留的原因与期限",
      },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject({ ...place, digest: digestShape }),
      query: nothing,
      body: undefined,
      answer: keptShape,
      async handle({ params }) {
        const kept = await reclaim.why(fullName(params), parseDigest(params.digest));
        return { body: { ...kept, reasons: [...kept.reasons] } };
      },
    }),
  ];
}
