import { z } from "@hono/zod-openapi";
import type { Action } from "../../../features/access/permissions.ts";
import type { Access } from "../../../features/access/service.ts";
import type { Content } from "../../../features/content/service.ts";
import { type Chosen, compareInsights } from "../../../features/insight/compare/compare.ts";
import type { Insights } from "../../../features/insight/service.ts";
import { parseReference, parseRepositoryName } from "../../../oci/name.ts";
import { type DemandParts, demand } from "../demand.ts";
import { standingShape } from "../insight-shape.ts";
import { fullName, IN_REPOSITORY, place, referenceShape, resourceOf } from "../repository-path.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { cursorFrom, cursorTo, longPageQuery } from "../shapes.ts";
import { fileShape, shownFile } from "./artifact-files.ts";
import { artifactShape, shownArtifact } from "./artifacts.ts";

const comparisonShape = z
  .object({
    state: z.enum(["ready", "pending", "failed"]),
    from: artifactShape,
    to: artifactShape,
    size: z.object({ from: z.number().int().nullable(), to: z.number().int().nullable() }),
    layers: z.array(
      z.object({
        status: z.enum(["same", "added", "removed"]),
        digest: z.string(),
        size: z.number().int(),
        command: z.string().nullable(),
      }),
    ),
    config: z.array(
      z.object({
        path: z.string().openapi({ example: "env.PATH" }),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
  })
  .openapi("Comparison");

const changesShape = z
  .object({
    items: z.array(
      z.object({
        path: z.string(),
        status: z.enum(["added", "removed", "changed"]),
        from: fileShape.nullable(),
        to: fileShape.nullable(),
      }),
    ),
    next: z.string().nullable(),
    ...standingShape,
  })
  .openapi("FileChanges");

const both = {
  from: referenceShape,
  to: referenceShape,
  otherRepository: z.string().max(255).optional().openapi({
    example: "team/web/api",
    description: "Where `to` is, when not here: its full name.",
  }),
};

const here = z.strictObject(place);
const TAG = "artifacts";

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly otherRepository?: string | undefined;
}

export interface CompareRouteParts extends DemandParts {
  readonly access: Access;
  readonly content: Content;
  readonly insights: Insights;
}

/** Two artifacts side by side. */
export function compareRoutes(parts: CompareRouteParts): AnyRoute[] {
  const { access, content, insights } = parts;

  /** Both sides, when the caller may do that to each of them. */
  async function chosen(
    call: Call<z.output<typeof here>, Asked, unknown>,
    action: Action,
  ): Promise<{ from: Chosen; to: Chosen }> {
    const { params, query } = call;
    const repository = fullName(params);
    const other =
      query.otherRepository === undefined ? repository : parseRepositoryName(query.otherRepository);
    const from = { repository, reference: parseReference(query.from) };
    const to = { repository: other, reference: parseReference(query.to) };
    for (const { repository: name, reference } of [from, to]) {
      const tag = reference.kind === "tag" ? { tag: reference.tag } : {};
      await demand(parts, call, action, { kind: "repository", name, ...tag });
    }
    return { from, to };
  }

  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/compare`,
      id: "compareArtifacts",
      tag: TAG,
      summary: {
        en: "Compare two artifacts: their sizes, layers and configs",
        zh: "比较两个制品：大小、层与配置",
      },
      action: "repository:read",
      on: resourceOf,
      params: here,
      query: z.strictObject(both),
      body: undefined,
      answer: comparisonShape,
      async handle(call) {
        const { from, to } = await chosen(call, "repository:read");
        const sees = access.visible(call.actor, "repository:read");
        const look = async ({ repository, reference }: Chosen) => {
          const artifact = await content.views.artifact(repository, reference);
          const insight = await insights.show(repository, artifact.digest, sees);
          return { artifact: shownArtifact(artifact, call), insight };
        };
        const [before, after] = [await look(from), await look(to)];
        const { layers, config, ...rest } = compareInsights(before.insight, after.insight);
        const shown = { ...rest, layers: [...layers], config: [...config] };
        return { body: { from: before.artifact, to: after.artifact, ...shown } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/compare/files`,
      id: "compareFiles",
      tag: TAG,
      summary: {
        en: "List the files that two images have differently",
        zh: "列出两个镜像之间有差异的文件",
      },
      action: "repository:pull",
      on: resourceOf,
      params: here,
      query: z.strictObject({
        ...longPageQuery,
        ...both,
        path: z.string().max(4_096).default("/").openapi({ example: "/etc" }),
      }),
      body: undefined,
      answer: changesShape,
      async handle(call) {
        const { limit, cursor, path } = call.query;
        const sides = await chosen(call, "repository:pull");
        const asked = { ...sides, path, limit, after: cursorFrom(cursor) };
        const { items, next, ...standing } = await insights.compareFiles(asked);
        const shown = items.map(({ from, to, ...rest }) => ({
          ...rest,
          from: from === null ? null : shownFile(from),
          to: to === null ? null : shownFile(to),
        }));
        return { body: { items: shown, next: cursorTo(next), ...standing } };
      },
    }),
  ];
}
