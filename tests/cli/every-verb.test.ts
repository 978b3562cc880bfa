import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { parse, parseAllDocuments } from "yaml";
import type { Database } from "../../src/platform/database/port.ts";
import { plantFinding, plantJob, plantRun, plantScrub } from "../api/planted.ts";
import { openFresh } from "../support/database.ts";
import { type Idp, startIdp } from "../support/idp.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { lookedInto, packed, pushSystem, until } from "./artifacts.ts";
import { as, entrepot, programFor, type Ran } from "./cli.ts";
import { type Example, examples, PODS, RETAINED } from "./examples.ts";
import { formless } from "./formless.ts";

setDefaultTimeout(60_000);

const CLIENT = { id: "entrepot", secret: "a secret of the client" };
const base = packed([{ name: "etc/os-release", body: "NAME=base\n" }]);
const config = (value: string) => ({
  os: "linux",
  architecture: "amd64",
  config: { Env: [value] },
});

let registry: TestRegistry;
let idp: Idp;
let db: Database;
let backups: string;
/** What stands for the words in braces. */
const world = new Map<string, string>();

function filled(text: string, form: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = name === "n" ? form : (world.get(`${name} ${form}`) ?? world.get(name));
    if (value === undefined) throw new Error(`the world has no ${name}`);
    return value;
  });
}

const run = (line: string, input = "") =>
  entrepot(line.split(" "), { env: as(registry.url, ADMIN), input });

async function done(line: string): Promise<Ran> {
  const ran = await run(line);
  if (ran.code !== 0) throw new Error(`${line}: ${ran.err}`);
  return ran;
}

/** Runs what needs something on standard input. */
async function given(line: string, input: string): Promise<string> {
  const { code, out, err } = await run(line, input);
  if (code !== 0) throw new Error(`${line}: ${err}`);
  return out;
}

const FORMS = ["table", "json", "yaml"] as const;
type Form = (typeof FORMS)[number];

beforeAll(async () => {
  idp = await startIdp({ clients: [{ ...CLIENT, redirectUris: [] }] });
  const corp = {
    type: "oidc",
    name: "corp",
    issuer: idp.issuer,
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
  };
  backups = await mkdtemp(join(tmpdir(), "entrepot-backups-"));
  registry = await startRegistry({
    accounts: [{ name: "ada", password: "ada has a long password", administrator: false }],
    projects: [{ name: "team" }],
    settings: {
      "outbound.allow": "127.0.0.1",
      "backup.path": backups,
      "backup.schedule": "never",
      "backup.keep": 100,
      "auth.providers": JSON.stringify([{ type: "local", name: "local" }, corp]),
    },
  });
  db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
  const { admin, url } = registry;
  const first = await pushSystem(admin, "team/web/api", "1.0", [base], config("A=1"));
  await pushSystem(admin, "team/web/api", "2.0", [base], config("A=2"));
  await pushSystem(admin, "team/other", "1", [base], config("A=3"));
  for (const tag of ["1.0", "2.0"]) await lookedInto(admin, "team/web/api", tag);
  for (const line of [
    "group create makers",
    "group add makers ada",
    "group link makers corp cn=makers",
    "role create own --permission repository:pull",
    "robot create runner --project team",
    `trust create own --project team --robot runner --issuer ${idp.issuer} --audience a --subject s`,
    "token create laptop",
    "project grant team ada guest",
    "access grant ada auditor",
  ]) {
    await done(line);
  }
  await until(
    () => run("search team"),
    ({ out }) => out.includes("team/web/api"),
  );
  const { id } = JSON.parse((await done("job run jobs.purge --json")).out);
  await done(`job watch ${id}`);
  const measuring = JSON.parse((await done("job run lens.measure --json")).out);
  await done(`job watch ${measuring.id}`);
  const folder = join(registry.folder, "nothing");
  await mkdir(folder);
  const known = { url, host: new URL(url).host, issuer: idp.issuer, job: id, folder };
  for (const [name, value] of Object.entries({ ...known, digest: first.digest })) {
    world.set(name, value);
  }
  const policy = JSON.parse(await given("retention create team kept --file - --json", RETAINED));
  await given("inuse report --source form", PODS);
  // The doctor only warns of it.
  await plantFinding(db, "a", "unreadable");
  for (const name of [...FORMS.map((form) => `older ${form}`), "backup"]) {
    const { job } = JSON.parse((await done("backup create --json")).out);
    await done(`job watch ${job}`);
    const { items } = JSON.parse((await done("backup list --json")).out);
    world.set(name, items[0].id);
  }
  for (const form of FORMS) {
    // No worker takes a kind that it does not know.
    for (const name of ["waiting", "idle"]) {
      world.set(`${name} ${form}`, await plantJob(db, { kind: "test.cli" }));
    }
    await given(`retention create team over-${form} --file -`, RETAINED);
    await given(`inuse report --source gone-${form}`, PODS);
    world.set(`run ${form}`, await plantRun(db, policy));
    for (const name of ["scrub", "rested", "dropped"]) {
      world.set(`${name} ${form}`, await plantScrub(db, name === "rested" ? "paused" : "running"));
    }
  }
});

afterAll(async () => {
  await db.close();
  await registry.close();
  await idp.close();
  await rm(backups, { recursive: true });
});

/** What can be done, by its name; groups and the parser's own help are not among them. */
function verbs(
  command: Command,
  above = "",
): { readonly name: string; readonly command: Command }[] {
  return command.commands.flatMap((each) => {
    const name = `${above} ${each.name()}`.trim();
    return each.commands.length > 0 ? verbs(each, name) : [{ name, command: each }];
  });
}

const all = verbs(programFor());

describe("every verb", () => {
  test("has an example, or a reason for having no form", () => {
    const named = [...Object.keys(examples), ...Object.keys(formless)];
    expect(named.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
  });

  test("with an example takes --output and --json", () => {
    const flags = ({ command }: { readonly command: Command }) =>
      command.options.map(({ long }) => long);
    const lacks = all
      .filter(({ name }) => Object.hasOwn(examples, name))
      .filter((verb) => !flags(verb).includes("--output") || !flags(verb).includes("--json"));
    expect(lacks.map(({ name }) => name)).toEqual([]);
  });

  test.each(Object.entries(formless))(
    "%s, which has no form, has a test",
    async (name, { test }) => {
      const [first = "", second = ""] = name.split(" ");
      const text = await Bun.file(join(import.meta.dir, "../..", test)).text();
      expect(text).toContain(first);
      expect(text).toContain(second);
    },
  );
});

/** The flags that say the same as the environment; a verb must not take them for its own. */
function connection(name: string): string {
  const flags = [
    ["--server", registry.url],
    ["--user", ADMIN.name],
  ];
  const options = all.find((verb) => verb.name === name)?.command.options ?? [];
  const taken = flags.filter(([flag]) => options.some(({ long }) => long === flag));
  return taken.flat().join(" ");
}

async function ran(
  name: string,
  { before = [], run: line, input = "" }: Example,
  form: Form,
): Promise<Ran> {
  for (const each of before) await done(filled(each, form));
  const all = `${filled(line, form)} --output ${form} ${connection(name)}`;
  return await run(all, input.replaceAll("{n}", form));
}

/** An answer is a thing or a list, and says something. */
function expectAnswer(value: unknown): void {
  expect(value).toBeObject();
  expect(Object.keys(value as object)).not.toBeEmpty();
  const items: unknown = Reflect.get(value as object, "items");
  if (items !== undefined) expect(items).not.toBeEmpty();
}

const DATA: Readonly<Record<Exclude<Form, "table">, (text: string) => unknown[]>> = {
  json: (text) => [JSON.parse(text)],
  yaml: (text) => [parse(text)],
};
const RECORDS: typeof DATA = {
  json: (text) =>
    text
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line)),
  yaml: (text) => parseAllDocuments(text).map((document): unknown => document.toJS()),
};

describe.each(Object.entries(examples))("%s", (name, example) => {
  const { gives = "answer" } = example;

  test("tells people", async () => {
    const { code, out, err } = await ran(name, example, "table");
    expect([code, err]).toEqual([0, expect.any(String)]);
    expect(gives === "word" ? err : out).toMatch(/\S/);
    if (gives === "word") expect(out).toBe("");
    if (gives === "secret") expect(out).toMatch(/^\S+\n$/);
    // No form for programs slips through.
    if (gives === "answer") expect(out).not.toStartWith("{");
  });

  test.each(["json", "yaml"] as const)("tells programs, in %s", async (form) => {
    const { code, out, err } = await ran(name, example, form);
    expect([code, err]).toEqual([0, ""]);
    if (gives === "word") return expect(out).toBe("");
    const found = (gives === "records" ? RECORDS : DATA)[form](out);
    expect(found).not.toBeEmpty();
    for (const each of found) expectAnswer(each);
  });
});
