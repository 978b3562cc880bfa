import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Content } from "../../../features/content/service.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { blobAnswer } from "../../blob-bytes.ts";
import { type DeliveryParts, deliver } from "../delivery.ts";
import { digestShape, fullName, IN_REPOSITORY, place, resourceOf } from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { nothing, timeShape } from "../shapes.ts";

/** Other repositories that are named. */
const MOST_NAMED = 20;

const blobShape = z
  .object({
    digest: z.string(),
    size: z.number().int(),
    linkedAt: timeShape,
    usedBy: z.array(z.object({ digest: z.string(), tags: z.array(z.string()) })).openapi({
      description: "Manifests of this repository that name it, the first hundred.",
    }),
    sharedWith: z.array(z.string()).openapi({
      description: "Other repositories that hold it and that you may see, the first twenty.",
    }),
    sharedCount: z.number().int().openapi({
      description: "How many those are, of the first thousand that hold it.",
    }),
  })
  .openapi("Blob");

const one = z.strictObject({ ...place, blob: digestShape });
const TAG = "artifacts";

export interface BlobRouteParts extends DeliveryParts {
  readonly content: Content;
  readonly access: Access;
}

/** Blobs of a repository: who shares them, and their bytes. */
export function repositoryBlobRoutes(parts: BlobRouteParts): AnyRoute[] {
  const { access } = parts;
  const { views, blobs } = parts.content;
  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/blobs/{blob}`,
      id: "getBlob",
      tag: TAG,
      summary: { en: "Read who uses a blob", zh: "查看 blob 的使用者" },
      action: "repository:read",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: blobShape,
      async handle({ params, actor }) {
        const name = fullName(params);
        const digest = parseDigest(params.blob);
        const use = await views.blob(name, digest);
        const sees = access.visible(actor, "repository:read");
        const shared: string[] = [];
        for (const each of await views.holders(name, digest))
          if (await sees(each)) shared.push(each);
        const usedBy = use.usedBy.map((each) => ({ ...each, tags: [...each.tags] }));
        const sharedWith = shared.slice(0, MOST_NAMED);
        return { body: { ...use, usedBy, sharedWith, sharedCount: shared.length } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/blobs/{blob}/content`,
      id: "downloadBlob",
      tag: TAG,
      summary: {
        en: "The bytes of a blob, or a range of them",
        zh: "下载 blob 的内容（支持范围）",
      },
      action: "repository:pull",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: z.string(),
      media: ["application/octet-stream"],
      async handle(call) {
        const { params, request, connection } = call;
        const repository = fullName(params);
        const digest = parseDigest(params.blob);
        const blob = await blobs.get(repository, digest);
        const { repositoryId, projectId } = blob;
        const pull = { kind: "blob", digest, repository, repositoryId, projectId } as const;
        const record = (bytes: number) => deliver(parts, call, pull, bytes);
        const raw = await blobAnswer({ request, connection, digest, blob, record });
        return { body: "", raw };
      },
    }),
  ];
}
