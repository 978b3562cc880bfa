import { z } from "@hono/zod-openapi";
import type { AuditView } from "../../../features/audit/list.ts";
import type { Audit } from "../../../features/audit/service.ts";
import type { AuditFilter } from "../../../features/audit/store/list.ts";
import { findingWords } from "../../../features/audit/verify/findings.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, nothing, pageOf, pageQuery } from "../shapes.ts";
import { streamOf } from "../streamed.ts";

export interface AuditRouteParts {
  readonly audit: Audit;
  readonly projects: Projects;
}

const entryShape = z
  .object({
    id: z.string(),
    at: z.number().int(),
    chain: z.number().int(),
    seq: z.number().int(),
    actor: z.object({ id: z.string(), kind: z.string(), name: z.string() }),
    via: z.string(),
    credentialId: z.string().nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    action: z.string(),
    object: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
    project: z.string().nullable(),
    result: z.enum(["done", "denied", "failed"]),
    reason: z.string().nullable(),
    details: z.unknown(),
    hash: z.string(),
  })
  .openapi("AuditEntry");

const text = z.string().max(256).optional();
const time = z.coerce.number().int().min(0).optional();

/** What entries can be asked for by: these and nothing else (A33). */
const filters = {
  actor: text.openapi({ description: "Id of the actor." }),
  action: text.openapi({ description: "How the action begins, such as `tag.`." }),
  objectKind: text,
  objectId: text,
  objectName: text,
  result: z.enum(["done", "denied", "failed"]).optional(),
  address: text,
  from: time.openapi({ description: "Not before: milliseconds since the epoch." }),
  to: time.openapi({ description: "Before: milliseconds since the epoch." }),
};

const format = z.enum(["ndjson", "csv"]).default("ndjson");
const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8" } as const;
const TAG = "audit";

function view(entry: AuditView): z.input<typeof entryShape> {
  return { ...entry };
}

function auditIn(scope: Scope, { audit }: AuditRouteParts): AnyRoute[] {
  const { prefix, suffix, on } = scope;
  const params = scope.params({});
  const common = { tag: TAG, on, params, body: undefined, method: "get" } as const;

  /** The reader of one project's log sees that project's entries, whatever they ask for (A27). */
  async function bounded(given: object, filter: AuditFilter): Promise<AuditFilter> {
    const project = await scope.projectId(given);
    return project === null ? filter : { ...filter, project };
  }

  return [
    route({
      ...common,
      path: `${prefix}/audit`,
      id: `listAudit${suffix}`,
      summary: { en: "Read the audit log, newest first", zh: "查看审计日志（最新在前）" },
      action: "audit:read",
      query: z.strictObject({ ...pageQuery, ...filters }),
      answer: pageOf(entryShape, "AuditEntries"),
      async handle({ params: given, query, doer }) {
        const { limit, cursor, ...rest } = query;
        const filter = await bounded(given, present(rest));
        const after = cursorFrom(cursor) ?? null;
        const { entries, next } = await audit.list(doer, filter, { after, limit });
        return { body: { items: entries.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      path: `${prefix}/audit/export`,
      id: `exportAudit${suffix}`,
      summary: { en: "Export the audit log as NDJSON or CSV", zh: "以 NDJSON 或 CSV 导出审计日志" },
      action: "audit:read",
      query: z.strictObject({ format, ...filters }),
      answer: z.string(),
      media: ["application/x-ndjson", "text/csv"],
      async handle({ params: given, query, doer }) {
        const { format: wanted, ...rest } = query;
        const pieces = await audit.export(doer, wanted, await bounded(given, present(rest)));
        const headers = {
          "content-type": TYPES[wanted],
          "content-disposition": `attachment; filename="audit.${wanted}"`,
        };
        return { body: "", raw: { status: 200, headers, body: streamOf(pieces) } };
      },
    }),
  ];
}

const verdictShape = z
  .object({
    intact: z.boolean(),
    chains: z.number().int(),
    rows: z.number().int(),
    checkpoints: z.number().int(),
    findings: z.array(z.object({ kind: z.string(), en: z.string(), zh: z.string() })),
    more: z.number().int(),
  })
  .openapi("AuditVerdict");

/** `/audit`: who did what; whether anybody changed the log since. */
export function auditRoutes(parts: AuditRouteParts): AnyRoute[] {
  const common = { tag: TAG, params: nothing, query: nothing, action: "audit:read" } as const;
  return [
    ...auditIn(system, parts),
    ...auditIn(inProject(parts.projects), parts),
    route({
      ...common,
      method: "post",
      path: "/audit/verify",
      id: "verifyAudit",
      summary: { en: "Check that nobody changed the log", zh: "验证审计日志未被篡改" },
      body: undefined,
      answer: verdictShape,
      async handle({ doer }) {
        const verdict = await parts.audit.verify(doer);
        const { findings, intact, chains, rows, checkpoints, more } = verdict;
        const told = findings.map((each) => ({
          kind: each.kind,
          en: findingWords(each, "en"),
          zh: findingWords(each, "zh"),
        }));
        return { body: { intact, chains, rows, checkpoints, more, findings: told } };
      },
    }),
    route({
      ...common,
      method: "get",
      path: "/audit/key",
      id: "getAuditKey",
      summary: { en: "The key that checkpoints are verified with", zh: "用于验证检查点的公钥" },
      body: undefined,
      answer: z.record(z.string(), z.unknown()),
      handle: () => ({ body: { ...parts.audit.publicKey } }),
    }),
  ];
}
