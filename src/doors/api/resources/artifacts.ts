import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Content } from "../../../features/content/service.ts";
import type { ArtifactView } from "../../../features/content/views/view.ts";
import type { Insights } from "../../../features/insight/service.ts";
import { artifactKinds } from "../../../oci/artifact-kind.ts";
import { parseDigest } from "../../../oci/digest.ts";
import { parseReference } from "../../../oci/name.ts";
import { type DeliveryParts, deliver } from "../delivery.ts";
import { insightShape, shownInsight } from "../insight-shape.ts";
import { fullName, IN_REPOSITORY, place, referenceShape, resourceOf } from "../repository-path.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { whoFor, whoShape } from "../who-shape.ts";

export const artifactShape = z
  .object({
    digest: z.string(),
    mediaType: z.string(),
    artifactType: z.string().nullable(),
    kind: z.enum(artifactKinds),
    size: z.number().int().openapi({ description: "Bytes of the manifest itself." }),
    subject: z.string().nullable(),
    annotations: z.record(z.string(), z.string()),
    pushedAt: timeShape,
    pushedBy: whoShape.nullable(),
    tags: z.array(z.string()).openapi({ description: "In byte order, the first hundred." }),
    tagCount: z.number().int(),
  })
  .openapi("Artifact");

const detailShape = artifactShape.extend({ insight: insightShape }).openapi("ArtifactDetail");

const one = z.strictObject({ ...place, reference: referenceShape });
const TAG = "artifacts";

type Asker = Pick<Call<unknown, unknown, unknown>, "actor">;

/** What the reader is shown of a manifest. */
export function shownArtifact(
  artifact: ArtifactView,
  { actor }: Asker,
): z.input<typeof artifactShape> {
  const pushedBy = whoFor(actor)(artifact.pushedBy);
  return { ...artifact, pushedBy, tags: [...artifact.tags] };
}

export interface ArtifactRouteParts extends DeliveryParts {
  readonly content: Content;
  readonly insights: Insights;
  readonly access: Access;
}

/** Manifests of a repository, whatever they are of. */
export function artifactRoutes(parts: ArtifactRouteParts): AnyRoute[] {
  const { views, manifests } = parts.content;
  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts`,
      id: "listArtifacts",
      tag: TAG,
      summary: { en: "List the manifests of a repository", zh: "列出仓库的清单" },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: z.strictObject({
        ...pageQuery,
        tagged: z.enum(["true", "false"]).optional(),
        type: z.string().min(1).max(255).optional().openapi({
          description: "A media type or artifact type.",
        }),
        sort: z.enum(["pushed", "-pushed"]).default("-pushed"),
      }),
      body: undefined,
      answer: pageOf(artifactShape, "Artifacts"),
      async handle(call) {
        const { limit, cursor, tagged, type, sort } = call.query;
        const { items, next } = await views.artifacts(fullName(call.params), {
          limit,
          after: cursorFrom(cursor),
          direction: sort === "pushed" ? "asc" : "desc",
          tagged: tagged === undefined ? undefined : tagged === "true",
          type,
          subject: undefined,
        });
        return {
          body: { items: items.map((each) => shownArtifact(each, call)), next: cursorTo(next) },
        };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}`,
      id: "getArtifact",
      tag: TAG,
      summary: {
        en: "Read a manifest's place and tags, and what it is of",
        zh: "查看清单、其标签及内容分析",
      },
      action: "repository:read",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: detailShape,
      async handle(call) {
        const { params, actor } = call;
        const name = fullName(params);
        const found = await views.artifact(name, parseReference(params.reference));
        const sees = parts.access.visible(actor, "repository:read");
        const insight = shownInsight(await parts.insights.show(name, found.digest, sees));
        return { body: { ...shownArtifact(found, call), insight } };
      },
    }),
    route({
      method: "delete",
      path: `${IN_REPOSITORY}/artifacts/{reference}`,
      id: "deleteArtifact",
      tag: TAG,
      summary: {
        en: "By digest, move a manifest to the trash with every tag on it; by tag, delete the tag alone",
        zh: "按摘要：将清单及其全部标签移入回收站；按标签：仅删除标签",
      },
      action: "repository:delete",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: nothing,
      status: 204,
      async handle({ params, doer }) {
        await manifests.delete(fullName(params), parseReference(params.reference), doer);
        return { body: {} };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}/manifest`,
      id: "getManifest",
      tag: TAG,
      summary: { en: "The manifest as it was pushed", zh: "原样获取清单" },
      action: "repository:pull",
      on: resourceOf,
      params: one,
      query: nothing,
      body: undefined,
      answer: z.record(z.string(), z.unknown()),
      async handle(call) {
        const { params } = call;
        const repository = fullName(params);
        const reference = parseReference(params.reference);
        const manifest = await manifests.get(repository, reference);
        const { digest, payload, repositoryId, projectId } = manifest;
        const tag = reference.kind === "tag" ? { tag: reference.tag } : {};
        const pull = { kind: "manifest", digest, repository, repositoryId, projectId } as const;
        await deliver(parts, call, { ...pull, ...tag }, payload.byteLength);
        const headers = {
          // Its own type would be news to browsers; every type of a manifest is JSON.
          "content-type": "application/json",
          "content-length": String(payload.byteLength),
          "docker-content-digest": digest,
        };
        return { body: {}, raw: { status: 200, headers, body: payload } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}/referrers`,
      id: "listReferrers",
      tag: TAG,
      summary: {
        en: "List what refers to a manifest: signatures, SBOMs, attestations",
        zh: "列出引用该清单的制品：签名、SBOM、证明",
      },
      action: "repository:read",
      on: resourceOf,
      params: one,
      query: z.strictObject({
        ...pageQuery,
        artifactType: z.string().min(1).max(255).optional(),
      }),
      body: undefined,
      answer: pageOf(artifactShape, "Referrers"),
      async handle(call) {
        const { params, query } = call;
        const name = fullName(params);
        const reference = parseReference(params.reference);
        // What refers to a manifest may have come before it.
        const subject =
          reference.kind === "digest"
            ? reference.digest
            : parseDigest((await views.artifact(name, reference)).digest);
        const { items, next } = await views.artifacts(name, {
          limit: query.limit,
          after: cursorFrom(query.cursor),
          direction: "desc",
          tagged: undefined,
          type: query.artifactType,
          subject,
        });
        return {
          body: { items: items.map((each) => shownArtifact(each, call)), next: cursorTo(next) },
        };
      },
    }),
  ];
}
