import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Actor } from "../../../features/identity/principal.ts";
import type {
  Asked,
  Daily,
  Overview,
  RepositoriesAsked,
} from "../../../features/lens/daily/overview.ts";
import { outlooks } from "../../../features/lens/rules-forecast.ts";
import type { MeasuredRow } from "../../../features/lens/store/daily.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, projectName } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageQuery, timeShape } from "../shapes.ts";

export interface LensRouteParts {
  readonly daily: Daily;
  readonly projects: Projects;
  readonly access: Pick<Access, "visible">;
}

const TAG = "storage";
const LATEST = 8_640_000_000_000_000;

const bytes = z.number().int();
const count = z.number().int();

const measured = {
  id: idShape,
  name: z.string(),
  project: z.string(),
  deletedAt: timeShape.nullable().openapi({ description: "When it was deleted; null while not." }),
  manifests: count,
  manifestBytes: bytes.openapi({ description: "Of the manifests themselves, in the database." }),
  blobs: count,
  logical: bytes.openapi({ description: "What the manifests name, each for itself." }),
  unique: bytes.openapi({ description: "Of all blobs, each once." }),
  shared: bytes.openapi({ description: "Of `unique`, what others hold too." }),
  growth: bytes.nullable().openapi({
    description: "By how much `unique` has grown since `since`; null without such a day.",
  }),
};

function page(name: string) {
  return z
    .object({
      items: z.array(z.object(measured).openapi(`${name}Entry`)),
      next: z.string().nullable(),
      measuredAt: timeShape.nullable().openapi({ description: "Null before the first time." }),
      since: timeShape.nullable().openapi({
        description: "The day that growth is counted from; null for none yet.",
      }),
    })
    .openapi(name);
}

const perDay = z.number().nullable().openapi({
  description:
    "Bytes by which it grows each day: the median of the slopes of the last 30 days; null for too few days.",
});

const point = { at: timeShape, unique: bytes, logical: bytes };

const growthShape = z
  .object({
    items: z.array(z.object({ ...point, total: bytes, free: bytes }).openapi("StorageDay")),
    perDay: perDay.openapi({
      description: "Bytes by which what is used of the disk grows each day.",
    }),
    outlook: z.enum(outlooks).openapi({
      description: "`far`: not within ten years. `full`: pushes are refused for want of room.",
    }),
    fullAt: timeShape.nullable().openapi({
      description: "When only the space is left that is kept free, if it goes on like that.",
    }),
  })
  .openapi("StorageGrowth");

const from = z.coerce.number().int().min(0).max(LATEST).optional().openapi({
  description: "Not before: milliseconds since the epoch; 30 days ago when left out.",
});

/** Where a page of a ranking ended. */
function rankFrom(cursor: string | undefined): Asked["after"] {
  const text = cursorFrom(cursor);
  if (text === undefined) return undefined;
  const [, unique, id] = /^(\d{1,16}) ([0-9a-z]{1,64})$/.exec(text) ?? [];
  if (unique === undefined || id === undefined) {
    throw failure("api.invalid", { problems: "cursor: not one that a page gave" });
  }
  return { unique: Number(unique), id };
}

function view({ before, ...row }: MeasuredRow, since: number | null) {
  const growth = since === null ? null : row.unique - (before ?? 0);
  return { ...row, growth };
}

/** A page of those that may be seen; those that may not be take no place in it. */
async function pageFrom(
  read: (asked: Asked) => Promise<Overview>,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  sees: (row: MeasuredRow) => boolean | Promise<boolean>,
) {
  const items: ReturnType<typeof view>[] = [];
  let after = rankFrom(cursor);
  for (;;) {
    const { rows, measuredAt, since } = await read({ after, limit: limit + 1 });
    for (const row of rows) {
      if (!(await sees(row))) continue;
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) {
        return { body: { items, next: cursorTo(`${last.unique} ${last.id}`), measuredAt, since } };
      }
      items.push(view(row, since));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length <= limit) {
      return { body: { items, next: null, measuredAt, since } };
    }
    after = { unique: last.unique, id: last.id };
  }
}

function ofInstallation({ daily, projects }: LensRouteParts): AnyRoute[] {
  const asked = { method: "get", action: "system:read", body: undefined } as const;
  const common = { ...asked, tag: TAG, params: nothing } as const;
  return [
    route({
      ...common,
      path: "/lens/growth",
      id: "getStorageGrowth",
      summary: {
        en: "What is stored, day by day, and when the disk will be full",
        zh: "按天统计的存储量，以及磁盘写满的预计时间",
      },
      query: z.strictObject({ from }),
      answer: growthShape,
      async handle({ query }) {
        const { points, ...forecast } = await daily.growth(query.from);
        return { body: { items: [...points], ...forecast } };
      },
    }),
    route({
      ...common,
      path: "/lens/projects",
      id: "listProjectSpace",
      summary: {
        en: "Projects by the space they take, the largest first, as of the last night",
        zh: "各项目占用的空间（最大在前，截至昨夜）",
      },
      query: z.strictObject(pageQuery),
      answer: page("ProjectSpaces"),
      handle: ({ query }) =>
        pageFrom(
          (asked) => daily.projects(asked),
          query,
          () => true,
        ),
    }),
    route({
      ...common,
      path: "/lens/repositories",
      id: "listRepositorySpace",
      summary: {
        en: "Repositories by the space they take, the largest first, as of the last night",
        zh: "各仓库占用的空间（最大在前，截至昨夜）",
      },
      query: z.strictObject({
        ...pageQuery,
        project: projectName.optional().openapi({ description: "Only of this project." }),
      }),
      answer: page("RepositorySpaces"),
      async handle({ query: { project, ...query } }) {
        const projectId = project === undefined ? undefined : (await projects.named(project)).id;
        const which = { projectId, isWithin: false };
        return await pageFrom(
          (asked) => daily.repositories({ ...asked, ...which }),
          query,
          () => true,
        );
      },
    }),
  ];
}

/** `/lens`: how much space everything takes, day by day; the same of a project. */
export function lensRoutes(parts: LensRouteParts): AnyRoute[] {
  const { daily, projects, access } = parts;
  const { prefix, suffix, on, params, projectId } = inProject(projects);
  const common = { method: "get", tag: TAG, on, params: params({}), body: undefined } as const;

  /** A repository that may not be seen is not in the list (A28). */
  const seenBy = (actor: Actor) => {
    const sees = access.visible(actor);
    return ({ name }: MeasuredRow) => sees(name);
  };

  return [
    ...ofInstallation(parts),
    route({
      ...common,
      path: `${prefix}/lens/growth`,
      id: `getStorageGrowth${suffix}`,
      summary: { en: "What a project stores, day by day", zh: "按天统计的项目存储量" },
      action: "project:read",
      query: z.strictObject({ from }),
      answer: z
        .object({ items: z.array(z.object(point).openapi("ProjectStorageDay")), perDay })
        .openapi("ProjectStorageGrowth"),
      async handle({ params: given, query }) {
        const id = (await projectId(given)) ?? "";
        const { points, ...growth } = await daily.projectGrowth(id, query.from);
        return { body: { items: [...points], ...growth } };
      },
    }),
    route({
      ...common,
      path: `${prefix}/lens/repositories`,
      id: `listRepositorySpace${suffix}`,
      summary: {
        en: "Repositories of a project by the space they take, the largest first, as of the last night",
        zh: "项目内各仓库占用的空间（最大在前，截至昨夜）",
      },
      action: "project:read",
      query: z.strictObject(pageQuery),
      answer: page("ProjectRepositorySpaces"),
      async handle({ params: given, query, actor }) {
        const id = (await projectId(given)) ?? "";
        // Whether another project has the same bytes is not told here (A29).
        const which: Omit<RepositoriesAsked, "after" | "limit"> = { projectId: id, isWithin: true };
        return await pageFrom(
          (asked) => daily.repositories({ ...asked, ...which }),
          query,
          seenBy(actor),
        );
      },
    }),
  ];
}
