/**
 * What a search costs in a registry of very many repositories and tags, for somebody who sees all
 * of it, who sees few projects, and who sees only what is public; and what a page costs of a
 * repository with very many tags: `bun bench/search.ts --help`.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { SeededRandom } from "../src/commands/bench/payload/random.ts";
import type { Database } from "../src/platform/database/port.ts";
import { openPostgres } from "../src/platform/database/postgres/open.ts";
import { openSqlite } from "../src/platform/database/sqlite/open.ts";
import { HttpClient } from "../tests/support/http-client.ts";
import { CROWDED, fill, projectName, repositoryName, type Size } from "./library/fill.ts";
import { entrepot } from "./subjects/entrepot.ts";

interface Flags extends Size {
  readonly entrepot?: string;
  readonly database: string;
  readonly requests: number;
  readonly folder: string;
  readonly data?: string;
}

const ADMIN = { name: "admin", password: "correct horse battery" };
const MEMBER = { name: "member", password: "the password of a member" };
const OF_MEMBER = 10;
const WRITER = new URL("../tests/support/writer.ts", import.meta.url);

function openDatabase(url: string, data: string): Promise<Database> {
  if (url !== "") return openPostgres({ url, connections: 4 });
  return openSqlite({ file: join(data, "entrepot.sqlite"), writerEntry: WRITER });
}

async function ask(to: HttpClient, method: string, path: string, body?: unknown) {
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers };
  const answer = await to.send(method, `/api/v1${path}`, sent);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text === "" ? {} : JSON.parse(answer.text);
}

/** Words as people type them: frequent ones, rare ones, beginnings, several, and what nobody has. */
function queries(random: SeededRandom, { projects, repositories }: Size): string[] {
  const repository = () => {
    const number = random.below(repositories);
    return repositoryName(projectName(number % projects), number);
  };
  const hex = () => random.below(2 ** 31).toString(16);
  return [
    ...["a", "ap", "api", "worker", "latest", "1", "1.2", "alpine", "team", "web", "acme"],
    ...["vendor", "image.manifest", "main", "v2", "search/proxy", "initech"],
    projectName(random.below(projects)),
    repository(),
    repository().split("/").at(-1) ?? "",
    `${repository()}:latest`,
    `api ${1 + random.below(4)}.${random.below(40)}`,
    `${projectName(random.below(projects))} latest`,
    `gateway alpine`,
    `acme api`,
    `latest acme`,
    `worker cache`,
    `sha256:${hex().slice(0, 6)}`,
    hex().slice(0, 7),
    `nobody-has-${hex()}`,
    `latest nobody-has-${hex()}`,
  ];
}

interface Figures {
  readonly took: readonly number[];
  readonly slowest: string;
}

async function load(
  to: HttpClient,
  random: SeededRandom,
  flags: Flags,
  clients: number,
): Promise<Figures> {
  const took: number[] = [];
  let slowest = { query: "", milliseconds: 0 };
  let left = flags.requests;
  const client = async () => {
    while (left > 0) {
      for (const query of queries(random, flags)) {
        if (left-- <= 0) return;
        const kind = ["", "&kind=repository", "&kind=tag", "&kind=artifact"][random.below(4)];
        const path = `/search?limit=20${kind}&q=${encodeURIComponent(query)}`;
        const began = performance.now();
        await ask(to, "GET", path);
        const milliseconds = performance.now() - began;
        took.push(milliseconds);
        if (milliseconds > slowest.milliseconds) slowest = { query: query + kind, milliseconds };
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  took.sort((a, b) => a - b);
  return { took, slowest: slowest.query };
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
}

async function ready(to: HttpClient): Promise<void> {
  while ((await ask(to, "GET", "/search?q=team&limit=1")).state !== "ready") await Bun.sleep(500);
}

async function tagPages(to: HttpClient): Promise<void> {
  const tags = `/projects/${CROWDED.project}/repositories/${CROWDED.repository}/tags`;
  for (const query of ["", "sort=-name", "sort=updated", "sort=-updated", "name=39.4"]) {
    const took: number[] = [];
    for (let turn = 0; turn < 21; turn++) {
      const began = performance.now();
      await ask(to, "GET", `${tags}?limit=50&${query}`);
      took.push(performance.now() - began);
    }
    const first = took[0] ?? 0;
    took.sort((a, b) => a - b);
    console.log(`| tags, ${query || "as they come"} | ${first.toFixed(1)} | ${at(took, 0.5)} |`);
  }
}

async function addMember(admin: HttpClient): Promise<void> {
  const member = await ask(admin, "POST", "/users", MEMBER);
  for (let project = 1; project <= OF_MEMBER; project++) {
    await ask(admin, "POST", `/projects/${projectName(project)}/members`, {
      subject: { kind: "principal", id: member.id },
      role: "developer",
    });
  }
}

async function run(flags: Flags): Promise<void> {
  const folder = flags.data ?? mkdtempSync(join(flags.folder, "entrepot-search-"));
  const data = join(folder, "data");
  const isThere = existsSync(data);
  mkdirSync(data, { recursive: true });
  const random = new SeededRandom("search");
  if (!isThere) {
    const db = await openDatabase(flags.database, data);
    try {
      console.log(`filling: ${flags.repositories} repositories, ${flags.tags} tags`);
      await fill(db, random, flags);
    } finally {
      await db.close();
    }
  }
  const bytes = () =>
    flags.database === "" ? statSync(join(data, "entrepot.sqlite")).size / 2 ** 20 : 0;
  const before = bytes();
  const environment = {
    ...(flags.database === "" ? {} : { ENTREPOT_DATABASE: flags.database }),
    ENTREPOT_INSIGHT_ENABLED: "false",
  };
  const subject = entrepot(flags.entrepot, { password: ADMIN.password, environment });
  const server = await subject.start(folder);
  try {
    const admin = new HttpClient(server.url, ADMIN);
    const began = performance.now();
    await ready(admin);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    console.log(
      `indexed in ${seconds} s; the database grew by ${(bytes() - before).toFixed(0)} MiB`,
    );
    if (!isThere) await addMember(admin);
    const token = async (to: HttpClient) =>
      (await ask(to, "POST", "/me/tokens", { name: "bench" })).secret;
    const actors = {
      administrator: { name: ADMIN.name, password: await token(admin) },
      [`member of ${OF_MEMBER}`]: {
        name: MEMBER.name,
        password: await token(new HttpClient(server.url, MEMBER)),
      },
      visitor: undefined,
    };
    console.log("\n| who | at a time | P50 ms | P99 ms | longest | slowest query |");
    console.log("|---|---|---|---|---|---|");
    for (const [who, account] of Object.entries(actors)) {
      const to = new HttpClient(server.url, account);
      for (const clients of [1, 4]) {
        const { took, slowest } = await load(to, random, flags, clients);
        const figures = [at(took, 0.5), at(took, 0.99), at(took, 1)].join(" | ");
        console.log(`| ${who} | ${clients} | ${figures} | ${slowest} |`);
      }
    }
    console.log("\n| page | first ms | median ms |\n|---|---|---|");
    await tagPages(new HttpClient(server.url, actors.administrator));
  } finally {
    await server.stop();
    if (flags.data === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number");
  return value;
}

await new Command("search")
  .description("What a search costs among very many repositories and tags.")
  .option("--entrepot <path>", "the executable to measure; the sources when left out")
  .option("--database <url>", "an empty PostgreSQL database; SQLite when left out", "")
  .option("--projects <count>", "projects, of which one in a hundred is public", whole, 2_000)
  .option("--repositories <count>", "repositories", whole, 100_000)
  .option("--tags <count>", "tags", whole, 1_000_000)
  .option("--crowded <count>", "of them the tags of one repository", whole, 100_000)
  .option("--requests <count>", "searches of each load", whole, 2_000)
  .option("--data <folder>", "where the registry stays, to be measured again")
  .option("--folder <path>", "where the data goes", tmpdir())
  .action(run)
  .parseAsync(process.argv);
