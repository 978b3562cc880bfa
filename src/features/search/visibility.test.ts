import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { insertRows } from "../../../tests/support/rows.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { compileGlob } from "../../oci/glob.ts";
import { type Access, openAccess } from "../access/service.ts";
import { actorOf } from "../access/suite.ts";
import type { Doer } from "../audit/entry.ts";
import { type Actor, anonymousAt } from "../identity/principal.ts";
import { Revision } from "../identity/revision/revision.ts";
import type { Hit } from "./hit.ts";
import { type FieldText, termsOfField } from "./rules-texts.ts";
import { termsOf, wordsOf } from "./rules-words.ts";
import { openSearch } from "./service.ts";
import { NOW, openWorld, type World } from "./suite.ts";

setDefaultTimeout(240_000);

const RUNS = Number(process.env.ENTREPOT_TEST_RUNS ?? 10);
const MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

interface Repository {
  readonly path: string;
  readonly tags: readonly string[];
  readonly annotations: readonly Readonly<Record<string, string>>[];
}

interface Project {
  readonly isPublic: boolean;
  readonly isDeleted: boolean;
  readonly repositories: readonly Repository[];
}

/** Ada has a role in the projects of these places, in repositories of the pattern. */
interface Grant {
  readonly project: number;
  readonly pattern: string | null;
}

const repository: fc.Arbitrary<Repository> = fc.record({
  path: fc.constantFrom("web", "web/api", "api", "cache", "web-api2", "data/cache-api"),
  tags: fc.uniqueArray(
    fc.constantFrom("latest", "1.27-alpine", "v2.1", "main-9fce3a1b77", "Web_API"),
    { maxLength: 4 },
  ),
  annotations: fc.array(
    fc.dictionary(
      fc.constantFrom("vendor", "title"),
      fc.constantFrom("acme", "globex api", "Zürich 镜像 web", "9fce3a1b77"),
      { maxKeys: 2 },
    ),
    { maxLength: 3 },
  ),
});

const project: fc.Arbitrary<Project> = fc.record({
  isPublic: fc.boolean(),
  isDeleted: fc.boolean(),
  repositories: fc.uniqueArray(repository, { maxLength: 4, selector: ({ path }) => path }),
});

const grant: fc.Arbitrary<Grant> = fc.record({
  project: fc.nat({ max: 4 }),
  pattern: fc.constantFrom(null, "web/**", "api", "*"),
});

const word = fc.constantFrom(
  ...["web", "api", "ap", "cache", "latest", "1.27", "27", "alpine", "v2", "2", "acme", "ac"],
  ...["zür", "像", "vendor=ac", "9fce3a", "main", "team", "image.manifest", "globex", "nobody"],
);
const query = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));

interface Thing {
  readonly kind: Hit["kind"];
  readonly project: string;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly own: readonly FieldText[];
}

let run = 0;

/** Writes a world of its own, and gives all that is in it. */
async function fill(projects: readonly Project[], grants: readonly Grant[]) {
  run += 1;
  const things: Thing[] = [];
  const names: string[] = [];
  for (const [at, { isPublic, isDeleted, repositories }] of projects.entries()) {
    const name = `team${run}-${at}`;
    names.push(name);
    const row = { id: name, name, created_at: NOW, public: isPublic ? 1 : 0 };
    const deleted_at = isDeleted ? NOW : null;
    await world.db.write(insertRows, { table: "projects", rows: [{ ...row, deleted_at }] });
    if (!isDeleted) things.push({ ...nothing, kind: "project", project: name });
    for (const { path, tags, annotations } of repositories) {
      const full = `${name}/${path}`;
      await world.repository(full, name, full);
      const there = { ...nothing, project: name, repository: full };
      if (!isDeleted) things.push({ ...there, kind: "repository" });
      for (const [nth, given] of annotations.entries()) {
        const digest = `sha256:${"0".repeat(60)}${String(nth).padStart(4, "0")}`;
        await world.artifact(full, digest, given);
        const pairs = Object.entries(given).map(
          ([key, value]): FieldText => ({ field: "annotation", text: `${key}=${value}` }),
        );
        const own: FieldText[] = [{ field: "mediaType", text: MEDIA_TYPE }, ...pairs];
        if (!isDeleted) things.push({ ...there, kind: "artifact", digest, own });
      }
      for (const tag of tags) {
        await world.tag(full, tag, "sha256:none");
        if (!isDeleted)
          things.push({ ...there, kind: "tag", tag, own: [{ field: "tag", text: tag }] });
      }
    }
  }
  const bindings = grants.flatMap(({ project: at, pattern }, nth) => {
    const project_id = names[at];
    if (project_id === undefined) return [];
    return [
      {
        id: `b${run}-${nth}`,
        subject_kind: "principal",
        subject_id: `ada${run}`,
        role: "developer",
        scope: pattern === null ? "project" : "repository",
        project_id,
        repository_pattern: pattern,
        tag_pattern: null,
        condition: null,
        expires_at: null,
        created_at: NOW,
        created_by: "test",
        version: 1,
      },
    ];
  });
  for (const row of bindings) await world.db.write(insertRows, { table: "bindings", rows: [row] });
  await world.rebuild();
  return { things, names };
}

const nothing = { repository: null, tag: null, digest: null, own: [] } as const;

function begins(terms: readonly string[], word: string): boolean {
  return terms.some((term) => term.startsWith(word));
}

/** The rule in its plainest words. */
function matches({ kind, project: of, repository: name, own }: Thing, words: string[]): boolean {
  const named = termsOf(kind === "project" ? of : (name ?? ""));
  const terms = own.flatMap(termsOfField);
  const all = words.every((each) => begins(named, each) || begins(terms, each));
  if (kind === "project" || kind === "repository") return all;
  return all && words.some((each) => begins(terms, each));
}

function mayRead(
  name: string | null,
  of: string,
  { projects, names, grants, who }: Judged,
): boolean {
  const at = names.indexOf(of);
  if (who === "root" || projects[at]?.isPublic === true) return true;
  if (who === "visitor") return false;
  return grants.some(({ project: granted, pattern }) => {
    if (granted !== at) return false;
    // Who has a part of a project can find the project.
    if (pattern === null || name === null) return true;
    return compileGlob(pattern).test(name.slice(of.length + 1));
  });
}

interface Judged {
  readonly projects: readonly Project[];
  readonly names: readonly string[];
  readonly grants: readonly Grant[];
  readonly who: "root" | "ada" | "visitor";
}

function opened(): { access: Access; close: () => void } {
  const { db } = world;
  const clock = new ManualClock(NOW);
  const revision = new Revision(db, clock);
  const audit = { witness: (doer: Doer) => ({ doer, at: NOW, headKey: "00" }) };
  return { access: openAccess({ db, clock, revision, audit }), close: () => revision.close() };
}

function actors(): Record<Judged["who"], Actor> {
  const user = (id: string, administrator: boolean) =>
    actorOf({ id, kind: "user", name: id, administrator });
  return { root: user("root", true), ada: user(`ada${run}`, false), visitor: anonymousAt(null) };
}

const keyOf = (each: Pick<Hit, "kind" | "project" | "repository" | "tag" | "digest">) =>
  [each.kind, each.project, each.repository, each.tag, each.tag === null ? each.digest : ""].join(
    " ",
  );

test("a search finds exactly what has the words and may be seen, page by page (A28)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(project, { minLength: 1, maxLength: 5 }),
      fc.array(grant, { maxLength: 4 }),
      fc.array(fc.tuple(query, fc.constantFrom(1, 2, 3, 50)), { minLength: 8, maxLength: 8 }),
      async (projects, grants, asked) => {
        const { things, names } = await fill(projects, grants);
        const { access, close } = opened();
        const { search } = openSearch({
          db: world.db,
          access,
          labelsOf: async () => new Map(),
          enqueue: async () => ({ id: "", added: false }),
        });
        const all = actors();
        for (const [text, limit] of asked) {
          const words = wordsOf(text);
          for (const who of ["root", "ada", "visitor"] as const) {
            const judged = { projects, names, grants, who };
            const wanted = things
              .filter((each) => matches(each, words))
              .filter((each) => mayRead(each.repository, each.project, judged));
            for (const kind of ["project", "repository", "tag", "artifact"] as const) {
              const hits: Hit[] = [];
              let after: string | undefined;
              do {
                const page = await search.find(all[who], { query: text, kind, limit, after });
                expect(page.items.length).toBeLessThanOrEqual(limit);
                hits.push(...page.items);
                after = page.next;
              } while (after !== undefined);
              const ours = hits.filter((hit) => hit.project.startsWith(`team${run}-`)).map(keyOf);
              // An artifact that several of its texts lead to may come again on a later page.
              const found = (kind === "artifact" ? [...new Set(ours)] : ours).sort();
              const those = wanted
                .filter((each) => each.kind === kind)
                .map(keyOf)
                .sort();
              const told = [text, who, kind, limit];
              if (kind !== "artifact" || words.length > 1) {
                expect([told, found]).toEqual([told, those]);
                continue;
              }
              // Of many artifacts of a repository that have a text, the newest is shown.
              for (const key of found)
                expect([told, those]).toEqual([told, expect.arrayContaining([key])]);
              const places = (keys: string[]) => new Set(keys.map((key) => key.split(" ")[2]));
              expect([told, places(found)]).toEqual([told, places(those)]);
            }
          }
        }
        close();
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
});
