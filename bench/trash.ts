/**
 * How long a whole project takes into the trash and back, and whether everything pulls then:
 * `bun bench/trash.ts --help`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { HttpClient } from "../tests/support/http-client.ts";
import { EMPTY_CONFIG, image, piece, pushBlob, putManifest } from "../tests/support/images.ts";
import { entrepot } from "./subjects/entrepot.ts";

interface Flags {
  readonly tags: string;
  readonly repositories: string;
  readonly database?: string;
}

const ADMIN = { name: "admin", password: "correct horse battery" };
const PROJECT = "shelf";
/** Requests under way at once. */
const AT_ONCE = 16;

async function all<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  console.log(`| ${what} | ${(performance.now() - began).toFixed(0)} |`);
  return result;
}

interface Stored {
  readonly name: string;
  readonly digest: string;
}

async function fill(to: HttpClient, tags: number, repositories: number): Promise<Stored[]> {
  const layer = piece("one layer of all");
  const names = Array.from({ length: repositories }, (_, at) => `${PROJECT}/part-${at}`);
  await all(names, async (name) => {
    for (const blob of [EMPTY_CONFIG, layer]) await pushBlob(to, name, blob);
  });
  const stored: Stored[] = [];
  await all(
    Array.from({ length: tags }, (_, at) => at),
    async (at) => {
      const name = names[at % repositories] ?? "";
      const made = image([layer], { annotations: { at: String(at) } });
      (await putManifest(to, name, `t${at}`, made)).expect(201);
      stored.push({ name, digest: made.digest });
    },
  );
  return stored;
}

async function run({ tags, repositories, database }: Flags): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "entrepot-trash-"));
  const environment = database === undefined ? {} : { ENTREPOT_DATABASE: database };
  const subject = entrepot(undefined, { password: ADMIN.password, environment });
  const server = await subject.start(folder);
  try {
    const first = new HttpClient(server.url, ADMIN);
    const json = { "content-type": "application/json" };
    const post = async (path: string, body: unknown) => {
      const answer = await first.post(path, { headers: json, body: JSON.stringify(body) });
      return JSON.parse(answer.expect(201).text);
    };
    const { secret } = await post("/api/v1/me/tokens", { name: "bench" });
    const to = new HttpClient(server.url, { name: ADMIN.name, password: secret });
    await post("/api/v1/projects", { name: PROJECT });
    console.log("| what | ms |\n|---|---:|");
    const stored = await timed(`push of ${tags} tags`, () =>
      fill(to, Number(tags), Number(repositories)),
    );
    const gone = await timed("the project into the trash", () =>
      first.delete(`/api/v1/projects/${PROJECT}`),
    );
    const { id } = JSON.parse(gone.expect(200).text);
    const [one] = stored;
    (await to.get(`/v2/${one?.name}/manifests/${one?.digest}`)).expect(404);
    const back = await timed("the project back", () =>
      first.post(`/api/v1/deleted-projects/${id}/restore`),
    );
    back.expect(200);
    await timed("pull of every digest", () =>
      all(stored, async ({ name, digest }) => {
        (await to.get(`/v2/${name}/manifests/${digest}`)).expect(200);
      }),
    );
    const whole = "part-0";
    (
      await timed("a repository into the trash", () =>
        to.delete(`/api/v1/projects/${PROJECT}/repositories/${whole}`),
      )
    ).expect(204);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await new Command("trash")
  .description("How long a project takes into the trash and back.")
  .option("--tags <count>", "tags in the project", "10000")
  .option("--repositories <count>", "repositories they are in", "10")
  .option("--database <url>", "on PostgreSQL; on SQLite when left out")
  .action(run)
  .parseAsync();
