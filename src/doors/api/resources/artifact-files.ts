import { z } from "@hono/zod-openapi";
import type { FileView } from "../../../features/insight/files/file.ts";
import type { FoundFile } from "../../../features/insight/files/read.ts";
import type { Insights } from "../../../features/insight/service.ts";
import { parseReference } from "../../../oci/name.ts";
import { type DeliveryParts, deliver } from "../delivery.ts";
import { standingShape } from "../insight-shape.ts";
import {
  digestShape,
  fullName,
  IN_REPOSITORY,
  place,
  referenceShape,
  resourceOf,
} from "../repository-path.ts";
import { type AnyRoute, route } from "../route.ts";
import { cursorFrom, cursorTo, longPageQuery, timeShape } from "../shapes.ts";

export const fileShape = z
  .object({
    path: z.string(),
    name: z.string(),
    type: z.enum(["file", "directory", "symlink", "hardlink", "other", "removed"]).openapi({
      description: "`removed` only where one layer is shown alone.",
    }),
    size: z.number().int(),
    mode: z.string().openapi({ example: "0755" }),
    uid: z.number().int(),
    gid: z.number().int(),
    modifiedAt: timeShape.nullable(),
    target: z.string().nullable().openapi({ description: "Where a link leads, as it says." }),
    layer: z.string(),
    layerIndex: z.number().int(),
  })
  .openapi("File");

const pageShape = z
  .object({ items: z.array(fileShape), next: z.string().nullable(), ...standingShape })
  .openapi("Files");

const one = z.strictObject({ ...place, reference: referenceShape });
const path = z.string().max(4_096).openapi({ example: "/etc" });
const layer = digestShape.optional().openapi({ description: "One layer alone." });
const TAG = "artifacts";

export function shownFile(file: FileView): z.input<typeof fileShape> {
  return { ...file, mode: file.mode.toString(8).padStart(4, "0") };
}

/** A name that cannot end the header that it stands in (RFC 6266, RFC 8187). */
function attachment(name: string): string {
  const plain = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename*=UTF-8''${plain}`;
}

export interface FileRouteParts extends DeliveryParts {
  readonly insights: Insights;
}

/** The files of an artifact's layers. */
export function artifactFileRoutes(parts: FileRouteParts): AnyRoute[] {
  const { insights } = parts;
  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}/files`,
      id: "listFiles",
      tag: TAG,
      summary: {
        en: "List the files of a directory of an image, or find files by a part of their path",
        zh: "列出镜像目录中的文件，或按路径片段查找文件",
      },
      action: "repository:pull",
      on: resourceOf,
      params: one,
      query: z.strictObject({
        ...longPageQuery,
        path: path.default("/"),
        search: z.string().min(1).max(256).optional(),
        layer,
      }),
      body: undefined,
      answer: pageShape,
      async handle({ params, query }) {
        const { limit, cursor, search, layer: only } = query;
        const { items, next, ...standing } = await insights.list({
          repository: fullName(params),
          reference: parseReference(params.reference),
          path: query.path,
          search,
          layer: only,
          limit,
          after: cursorFrom(cursor),
        });
        return { body: { items: items.map(shownFile), next: cursorTo(next), ...standing } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}/file`,
      id: "readFile",
      tag: TAG,
      summary: { en: "Read one file of an image", zh: "读取镜像中的单个文件" },
      action: "repository:pull",
      on: resourceOf,
      params: one,
      query: z.strictObject({ path, layer, download: z.enum(["true", "false"]).optional() }),
      body: undefined,
      answer: z.string(),
      media: ["text/plain", "application/octet-stream"],
      async handle(call) {
        const { params, query, connection } = call;
        const repository = fullName(params);
        const file: FoundFile = await insights.file({
          repository,
          reference: parseReference(params.reference),
          path: query.path,
          layer: query.layer,
        });
        const { repositoryId, projectId, size, layer: digest } = file;
        const isDownload = query.download === "true";
        const body = isDownload ? undefined : await file.text();
        const pull = { kind: "blob", digest, repository, repositoryId, projectId } as const;
        await deliver(parts, call, pull, size);
        const headers = {
          "content-type": isDownload ? "application/octet-stream" : "text/plain; charset=utf-8",
          "content-length": String(size),
          ...(isDownload ? { "content-disposition": attachment(file.name) } : {}),
        };
        if (isDownload) connection.watchDownload(size);
        return { body: "", raw: { status: 200, headers, body: body ?? (await file.stream()) } };
      },
    }),
  ];
}
