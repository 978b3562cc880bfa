import type { Database } from "../../../platform/database/port.ts";
import type { ManifestFact, RepositoryFacts } from "../rules-facts.ts";
import {
  isAnythingRunning,
  type ListedRepository,
  readEdges,
  readManifests,
  readPulls,
  readRunning,
  readTags,
} from "../store/snapshot.ts";

/** What was found out about an image: undefined for one that was not analysed. */
export interface Described {
  readonly labels: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]`, or null for what runs on none. */
  readonly platform: string | null;
}

/** The rule by which a tag of a repository may not be taken away; undefined for none. */
export type Judge = (repository: string, tag: string) => string | undefined;

/** What this feature asks of others; plugged in where the program is put together. */
export interface RetentionPorts {
  /** What was found out about those of some manifests that were analysed. */
  readonly describe: (
    repositoryId: string,
    digests: readonly string[],
  ) => Promise<ReadonlyMap<string, Described>>;
  /** The rules of a project by which tags are immutable, ready to be asked of many. */
  readonly judge: (project: { readonly id: string; readonly name: string }) => Promise<Judge>;
}

export interface Looking extends Pick<RetentionPorts, "describe"> {
  readonly judged: Judge;
  readonly db: Database;
  readonly signal: AbortSignal;
  /** Labels that rules ask for; images are only looked into where there are any. */
  readonly labels: ReadonlySet<string>;
  readonly needsPlatforms: boolean;
}

const STEP = 1_000;
const DESCRIBED = 100;

/** Reads a table page by page. Between two pages others have their turn. */
async function* pages<T, P>(
  first: P,
  read: (after: P, limit: number) => Promise<T[]>,
  mark: (row: T) => P,
  signal: AbortSignal,
): AsyncGenerator<T[]> {
  for (let after = first; ; ) {
    signal.throwIfAborted();
    const rows = await read(after, STEP);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP) return;
    after = mark(last);
  }
}

async function childrenIn({ db, signal }: Looking, id: string): Promise<Map<string, string[]>> {
  const children = new Map<string, string[]>();
  const read = (after: { manifest: string; child: string }, limit: number) =>
    readEdges(db, id, after, limit);
  for await (const rows of pages({ manifest: "", child: "" }, read, (row) => row, signal)) {
    for (const { manifest, child } of rows) {
      const below = children.get(manifest);
      if (below === undefined) children.set(manifest, [child]);
      else below.push(child);
    }
  }
  return children;
}

async function pullsIn({ db, signal }: Looking, id: string): Promise<Map<string, number>> {
  const pulls = new Map<string, number>();
  const read = (after: string, limit: number) => readPulls(db, id, after, limit);
  for await (const rows of pages("", read, ({ digest }) => digest, signal)) {
    for (const { digest, at } of rows) pulls.set(digest, at);
  }
  return pulls;
}

async function runningIn({ db, signal }: Looking, id: string): Promise<Set<string>> {
  const running = new Set<string>();
  if (!(await isAnythingRunning(db))) return running;
  for (let after: string | undefined = ""; after !== undefined; ) {
    signal.throwIfAborted();
    const { last, digests }: Awaited<ReturnType<typeof readRunning>> = await readRunning(
      db,
      id,
      after,
      STEP,
    );
    for (const digest of digests) running.add(digest);
    after = last;
  }
  return running;
}

function annotationsOf(json: string | null, wanted: ReadonlySet<string>): Record<string, string> {
  if (json === null || wanted.size === 0) return {};
  const all = JSON.parse(json) as Record<string, string>;
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
}

async function describedIn(
  { describe, needsPlatforms, labels, signal }: Looking,
  id: string,
  digests: readonly string[],
): Promise<Map<string, Described>> {
  const found = new Map<string, Described>();
  if (!needsPlatforms && labels.size === 0) return found;
  for (let at = 0; at < digests.length; at += DESCRIBED) {
    signal.throwIfAborted();
    const some = await describe(id, digests.slice(at, at + DESCRIBED));
    for (const [digest, { labels: all, platform }] of some) {
      const kept = Object.entries(all).filter(([name]) => labels.has(name));
      found.set(digest, { labels: Object.fromEntries(kept), platform });
    }
  }
  return found;
}

async function manifestsIn(looking: Looking, id: string): Promise<Map<string, ManifestFact>> {
  const { db, signal, labels } = looking;
  const children = await childrenIn(looking, id);
  const pulls = await pullsIn(looking, id);
  const manifests = new Map<string, ManifestFact>();
  const read = (after: string, limit: number) => readManifests(db, id, after, limit);
  for await (const rows of pages("", read, ({ digest }) => digest, signal)) {
    const digests = rows.map(({ digest }) => digest);
    const described = await describedIn(looking, id, digests);
    for (const { annotations, ...row } of rows) {
      const known = described.get(row.digest);
      manifests.set(row.digest, {
        ...row,
        children: children.get(row.digest) ?? [],
        pulledAt: pulls.get(row.digest) ?? null,
        labels:
          known === undefined
            ? undefined
            : { ...known.labels, ...annotationsOf(annotations, labels) },
        platform: known?.platform,
      });
    }
  }
  return manifests;
}

/** Everything that the rules go by in one repository. Its size is what this costs in memory. */
export async function lookAt(
  looking: Looking,
  { id, name }: ListedRepository,
): Promise<RepositoryFacts> {
  const { db, signal, judged } = looking;
  // Tags first: one that comes later, with its image, is not looked at and so stays.
  const tags = [];
  const read = (after: string, limit: number) => readTags(db, id, after, limit);
  for await (const rows of pages("", read, (row) => row.name, signal)) {
    for (const row of rows) {
      tags.push({ ...row, isImmutable: judged(name, row.name) !== undefined });
    }
  }
  const inUse = await runningIn(looking, id);
  const manifests = await manifestsIn(looking, id);
  return { name: name.slice(name.indexOf("/") + 1), manifests, tags, inUse };
}
