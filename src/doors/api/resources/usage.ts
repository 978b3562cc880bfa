import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import { ledgerCsv } from "../../../features/metering/ledger/export.ts";
import {
  type LedgerMark,
  type MarkedLine,
  payers,
} from "../../../features/metering/ledger/ledger.ts";
import { periods } from "../../../features/metering/ledger/rules-period.ts";
import type { LinesAsked, Metering } from "../../../features/metering/service.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Denials } from "../../denials.ts";
import { demand } from "../demand.ts";
import { present } from "../present.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { inProject, projectName, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, pageOf, pageQuery, timeShape } from "../shapes.ts";
import { streamOf } from "../streamed.ts";

export interface UsageRouteParts {
  readonly metering: Pick<Metering, "ledger">;
  readonly projects: Projects;
  readonly access: Access;
  readonly denials: Denials;
}

const TAG = "statistics";
const LATEST = 8_640_000_000_000_000;

const count = z.number().int();

const lineShape = z
  .object({
    at: timeShape.openapi({ description: "When the day or month (UTC) began." }),
    project: z.string(),
    repository: z.string().nullable().openapi({ description: "Null unless told by repository." }),
    principal: z.string().nullable().openapi({
      description: "A user, a robot, or `anonymous`; null unless told by principal.",
    }),
    pulls: count,
    pushes: count,
    bytesIn: count,
    bytesOut: count,
    stored: count.nullable().openapi({
      description:
        "Bytes that were stored, on the average of the days that were measured; null where none was, and by principal.",
    }),
  })
  .openapi("UsageLine");

const moment = z.coerce.number().int().min(0).max(LATEST).optional();
const asked = {
  by: z.enum(payers).default("project").openapi({ description: "Whose use is told." }),
  period: z.enum(periods).default("month").openapi({ description: "Of the calendar (UTC)." }),
  from: moment.openapi({
    description:
      "Not before: milliseconds since the epoch, and the beginning of that day or month; 30 days ago when left out.",
  }),
  to: moment.openapi({ description: "Before: milliseconds since the epoch; now when left out." }),
};
const ofOne = { project: projectName.optional().openapi({ description: "Only of this project." }) };

interface Query extends Pick<LinesAsked, "by" | "period"> {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

type Asker = Pick<Call<unknown, unknown, unknown>, "actor" | "doer">;

/** Where a page of lines ended. */
function markFrom(cursor: string | undefined): LedgerMark | undefined {
  const text = cursorFrom(cursor);
  if (text === undefined) return undefined;
  const [, projectId, id, at] = /^([0-9a-z]{1,64}) ([0-9a-z]{1,64}) (\d{1,16})$/.exec(text) ?? [];
  if (projectId === undefined || id === undefined || at === undefined) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  return { projectId, id, at: Number(at) };
}

async function* only(
  lines: AsyncGenerator<MarkedLine>,
  sees: (repository: string) => boolean | Promise<boolean>,
): AsyncGenerator<MarkedLine> {
  for await (const each of lines) {
    const { repository } = each.line;
    if (repository === null || (await sees(repository))) yield each;
  }
}

/** The same, with its first one made: what cannot be told is refused before an answer begins. */
async function begun<T>(pieces: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await pieces.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* pieces;
  })();
}

function usageIn(scope: Scope, parts: UsageRouteParts): AnyRoute[] {
  const { prefix, suffix, on } = scope;
  const { metering, projects, access } = parts;
  const isSystem = prefix === "";
  const params = scope.params({});
  const common = { method: "get", tag: TAG, on, params, body: undefined } as const;
  const action = isSystem ? "system:read" : "project:read";
  // One schema for both scopes; the project of a path cannot be another one.
  const query = z.strictObject(isSystem ? { ...asked, ...ofOne } : asked);

  async function linesFor(
    call: Asker & { readonly params: object },
    wanted: Query & { readonly project?: string | undefined },
    after: LedgerMark | undefined,
  ): Promise<AsyncGenerator<MarkedLine>> {
    const { project, from, to, ...which } = wanted;
    const own = await scope.projectId(call.params);
    const times = present({ from, to });
    if (own === null) {
      const projectId = project === undefined ? undefined : (await projects.named(project)).id;
      return metering.ledger({ ...which, ...times, projectId, after });
    }
    // Who did what is for those who may read that (A27).
    if (which.by === "principal") await demand(parts, call, "audit:read", on(call.params));
    const lines = metering.ledger({ ...which, ...times, projectId: own, after });
    // A repository that may not be seen is not in the list (A28).
    return only(lines, access.visible(call.actor));
  }

  return [
    route({
      ...common,
      action,
      path: `${prefix}/lens/usage`,
      id: `listUsage${suffix}`,
      summary: isSystem
        ? {
            en: "Who used how much: pulls, pushes, bytes and storage by day or month",
            zh: "按天或按月统计的用量：拉取、推送、流量与存储",
          }
        : {
            en: "What was used of a project: pulls, pushes, bytes and storage by day or month",
            zh: "按天或按月统计的项目用量：拉取、推送、流量与存储",
          },
      query: query.extend(pageQuery),
      answer: pageOf(lineShape, isSystem ? "UsageLines" : "ProjectUsageLines"),
      async handle(call) {
        const { limit, cursor, ...wanted } = call.query;
        const lines = await linesFor(call, wanted, markFrom(cursor));
        const found: MarkedLine[] = [];
        for await (const each of lines) {
          found.push(each);
          if (found.length > limit) break;
        }
        const items = found.slice(0, limit).map(({ line }) => line);
        const mark = found.length > limit ? found[limit - 1]?.mark : undefined;
        const next = mark && `${mark.projectId} ${mark.id} ${mark.at}`;
        return { body: { items, next: cursorTo(next) } };
      },
    }),
    route({
      ...common,
      action,
      path: `${prefix}/lens/usage/export`,
      id: `exportUsage${suffix}`,
      summary: isSystem
        ? { en: "Who used how much, as CSV for charge-back", zh: "以 CSV 导出用量（用于费用分摊）" }
        : { en: "What was used of a project, as CSV", zh: "以 CSV 导出项目用量" },
      query,
      answer: z.string(),
      media: ["text/csv"],
      async handle(call) {
        const lines = await begun(await linesFor(call, call.query, undefined));
        const headers = {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": 'attachment; filename="usage.csv"',
        };
        const body = streamOf(ledgerCsv(call.query.period, lines));
        return { body: "", raw: { status: 200, headers, body } };
      },
    }),
  ];
}

/** `/lens/usage`: who used how much, to read and to charge for; the same of a project. */
export function usageRoutes(parts: UsageRouteParts): AnyRoute[] {
  return [...usageIn(system, parts), ...usageIn(inProject(parts.projects), parts)];
}
