import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../support/accounts.ts";
import { Browser, type RestAnswer } from "../support/browser.ts";
import { openFresh } from "../support/database.ts";
import { basic } from "../support/http-client.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { archive } from "../support/tar.ts";
import { plantFinding, plantJob, plantRun, plantScrub } from "./planted.ts";

/** Asks the REST API as somebody. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<RestAnswer>;

export function account(name: string, administrator = false): Account {
  return { name, password: `the-password-of-${name}`, administrator };
}

/** Where something lives: in the installation itself, or in one of the two projects. */
export type Home = "system" | "alpha" | "beta";

/** Ids of what lives somewhere. */
export interface Things {
  readonly role: string;
  readonly robot: string;
  readonly rule: string;
  readonly binding: string;
}

/** What is stored in a project: `reference` is the tag again. */
export interface Contents {
  readonly repository: string;
  readonly tag: string;
  readonly reference: string;
  /** Of a manifest that another tag is on. */
  readonly digest: string;
  readonly blob: string;
  /** A rule about tags that no test has. */
  readonly immutabilityRule: string;
  /** A repository that was deleted, and could be restored. */
  readonly deleted: string;
  readonly policy: string;
  /** Of that policy, and waiting for its turn. */
  readonly run: string;
}

/** Two projects with everything in them, and people who have to do with one, both or neither. */
export interface Tenants {
  readonly registry: TestRegistry;
  readonly things: Readonly<Record<Home, Things>>;
  readonly contents: Readonly<Record<"alpha" | "beta", Contents>>;
  readonly projectIds: Readonly<Record<"alpha" | "beta", string>>;
  readonly users: Readonly<Record<string, string>>;
  readonly group: string;
  /** A project that was deleted, and could be restored. */
  readonly deleted: string;
  /** What a person who is nobody else here owns: ids that are nobody else's business. */
  readonly others: {
    readonly user: string;
    readonly token: string;
    readonly session: string;
    readonly factor: string;
  };
  /** Jobs that nobody does: one that has failed, one that waits. */
  readonly jobs: { readonly failed: string; readonly waiting: string };
  /** Scrubs that nobody works on. */
  readonly scrubs: { readonly running: string; readonly paused: string; readonly spare: string };
  /** Backups that were made. */
  readonly backups: { readonly kept: string; readonly spare: string };
  readonly robotSecret: string;
  readonly admin: Ask;
  readonly anonymous: Ask;
  /** By name and password. */
  as(name: string): Ask;
  bearing(secret: string): Ask;
  signedIn(name: string): Promise<Browser>;
  close(): Promise<void>;
}

const PEOPLE = [
  ...["outsider", "guest", "developer", "maintainer", "chief", "chief-b", "auditor"],
  ...["owner", "spare", "keeper"],
].map((name) => account(name));

const BINDINGS = [
  { to: "guest", role: "guest", on: "alpha" },
  { to: "developer", role: "developer", on: "alpha" },
  { to: "maintainer", role: "maintainer", on: "alpha" },
  { to: "chief", role: "project-administrator", on: "alpha" },
  { to: "keeper", role: "project-administrator", on: "alpha" },
  { to: "chief-b", role: "project-administrator", on: "beta" },
  { to: "auditor", role: "auditor" },
];

/** Nobody is behind it: rules are only written down here. */
export const ISSUER = "http://127.0.0.1:9/issuer";

function asker(url: string, authorization?: string): Ask {
  const browser = new Browser(url);
  const known = authorization === undefined ? {} : { authorization };
  return (method, path, body, headers) => browser.ask(method, path, body, { ...known, ...headers });
}

/** Asks for what must work, and gives the answer's JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
export async function must(ask: Ask, method: string, path: string, body?: unknown): Promise<any> {
  const { status, json } = await ask(method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

async function furnish(
  admin: Ask,
  home: Home,
  principal: string,
): Promise<{ things: Things; secret: string }> {
  const at = home === "system" ? "" : `/projects/${home}`;
  const members = home === "system" ? "/bindings" : `${at}/members`;
  const role = await must(admin, "POST", `${at}/roles`, {
    name: `${home}-role`,
    permissions: ["repository:pull"],
  });
  const robot = await must(admin, "POST", `${at}/robots`, { name: "ci" });
  const rule = await must(admin, "POST", `${at}/trust-rules`, {
    name: "builds",
    issuer: ISSUER,
    audience: "entrepot",
    subject: "repo:team/*",
    robotId: robot.id,
  });
  const binding = await must(admin, "POST", members, {
    subject: { kind: "principal", id: principal },
    role: role.id,
  });
  const things = { role: role.id, robot: robot.id, rule: rule.id, binding: binding.id };
  return { things, secret: robot.secret };
}

/** Waits until the files of an artifact can be read. */
async function listed(
  { admin }: TestRegistry,
  project: string,
  repository: string,
  reference: string,
): Promise<void> {
  const at = `/api/v1/projects/${project}/repositories/${encodeURIComponent(repository)}`;
  for (;;) {
    const { text } = (await admin.get(`${at}/artifacts/${reference}/files`)).expect(200);
    if (JSON.parse(text).state === "ready") return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function fillProject(
  registry: TestRegistry,
  project: string,
  nick: string,
): Promise<Contents> {
  // Without the project's name, which tests replace where it is told.
  const repository = `web/${nick}`;
  const tag = `v1-${nick}`;
  const layer = (text: string) =>
    piece(new Uint8Array(archive([{ name: "etc/hello", body: text }])));
  const first = layer(`the first layer of ${project}`);
  const second = layer(`the second layer of ${project}`);
  const at = `${project}/${repository}`;
  await pushImage(registry.admin, at, tag, [first]);
  const { digest } = await pushImage(registry.admin, at, `v2-${nick}`, [first, second]);
  for (const reference of [tag, digest]) await listed(registry, project, repository, reference);
  const gone = `${project}/gone-${nick}`;
  await pushImage(registry.admin, gone, tag, [first]);
  const path = `/api/v1/projects/${project}`;
  (await registry.admin.delete(`${path}/repositories/gone-${nick}`)).expect(204);
  const { text } = (await registry.admin.get(`${path}/deleted-repositories`)).expect(200);
  const deleted = JSON.parse(text).items[0].id;
  const policy = await must(
    asker(registry.url, basic(ADMIN)),
    "POST",
    `/projects/${project}/retention-policies`,
    { name: "old", repositories: ["**"], rules: [{ action: "keep" }] },
  );
  const run = await plantRuns(registry, policy);
  const terms = { name: "releases", tags: "release-*" };
  const rule = await registry.admin.post(`${path}/immutability-rules`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(terms),
  });
  const immutabilityRule = JSON.parse(rule.expect(201).text).id;
  const stored = { repository, tag, reference: tag, digest, blob: first.digest };
  return { ...stored, deleted, immutabilityRule, policy: policy.id, run };
}
/** Two runs that nobody does; gives the one that can be cancelled. */
async function plantRuns(
  { database }: TestRegistry,
  policy: { readonly id: string; readonly projectId: string },
): Promise<string> {
  const db = await openFresh(database, new URL("../support/writer.ts", import.meta.url));
  try {
    await plantRun(db, policy);
    return await plantRun(db, policy);
  } finally {
    await db.close();
  }
}

async function plantJobs({ database }: TestRegistry): Promise<Tenants["jobs"]> {
  const db = await openFresh(database, new URL("../support/writer.ts", import.meta.url));
  try {
    const ended = { state: "failed", error: "it was not to be", finished_at: Date.now() };
    return { failed: await plantJob(db, ended), waiting: await plantJob(db) };
  } finally {
    await db.close();
  }
}

async function plantScrubs({ database }: TestRegistry): Promise<Tenants["scrubs"]> {
  const db = await openFresh(database, new URL("../support/writer.ts", import.meta.url));
  try {
    for (const letter of ["a", "b", "c"]) await plantFinding(db, letter);
    const [running, paused, spare] = [
      await plantScrub(db, "running"),
      await plantScrub(db, "paused"),
      await plantScrub(db, "paused"),
    ];
    return { running, paused, spare };
  } finally {
    await db.close();
  }
}

/** Resolves when a job has ended. */
async function ended(admin: Ask, job: string): Promise<void> {
  while (["waiting", "running"].includes((await must(admin, "GET", `/jobs/${job}`)).state)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Measures what is stored, as is done every night. */
export async function measureStorage(admin: Ask): Promise<void> {
  const { id } = await must(admin, "POST", "/job-schedules/lens.measure/run");
  await ended(admin, id);
}

/** Makes two backups; gives their ids. */
async function makeBackups(admin: Ask): Promise<Tenants["backups"]> {
  for (const _ of [1, 2]) {
    const { job } = await must(admin, "POST", "/backups");
    await ended(admin, job);
  }
  const [kept, spare] = (await must(admin, "GET", "/backups")).items;
  return { kept: kept.id, spare: spare.id };
}

export async function openTenants(): Promise<Tenants> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-backups-"));
  const registry = await startRegistry({
    accounts: PEOPLE,
    projects: [{ name: "alpha" }, { name: "beta" }],
    bindings: BINDINGS,
    settings: {
      "outbound.allow": "127.0.0.0/8",
      "backup.path": folder,
      "backup.schedule": "never",
    },
  });
  const { url } = registry;
  const as = (name: string) =>
    asker(url, basic(name === ADMIN.name ? ADMIN : { ...account(name) }));
  const admin = as(ADMIN.name);
  const { items } = await must(admin, "GET", "/users?limit=200");
  const users: Record<string, string> = Object.fromEntries(
    items.map(({ name, id }: { name: string; id: string }) => [name, id]),
  );
  const owner = users.owner ?? "";
  const system = await furnish(admin, "system", owner);
  const alpha = await furnish(admin, "alpha", owner);
  const beta = await furnish(admin, "beta", owner);
  await must(admin, "POST", "/projects/alpha/members", {
    subject: { kind: "principal", id: alpha.things.robot },
    role: "developer",
  });
  const contents = {
    alpha: await fillProject(registry, "alpha", "first"),
    beta: await fillProject(registry, "beta", "second"),
  };
  const group = await must(admin, "POST", "/groups", { name: "builders" });
  await must(admin, "PUT", `/groups/${group.id}/members/${owner}`);
  await must(admin, "POST", `/groups/${group.id}/links`, { provider: "corp", externalName: "b" });
  await must(admin, "POST", "/projects", { name: "gone" });
  const deleted = await must(admin, "DELETE", "/projects/gone");
  const token = await must(as("owner"), "POST", "/me/tokens", { name: "own" });
  const signedIn = async (name: string) => {
    const browser = new Browser(url);
    await browser.login(name, account(name).password);
    return browser;
  };
  const theirs = await signedIn("owner");
  const [session] = (await must((...all) => theirs.ask(...all), "GET", "/me/sessions")).items;
  const offer = await must((...all) => theirs.ask(...all), "POST", "/me/factors/totp", {
    name: "x",
  });
  for (const source of ["prod", "stage"]) {
    const images = ["1", "2", "3"].map((digit) => `sha256:${digit.repeat(64)}`);
    await must(admin, "PUT", `/in-use/${source}`, { images });
  }
  await measureStorage(admin);
  const ids = async (name: string) => (await must(admin, "GET", `/projects/${name}`)).id;
  const projectIds = { alpha: await ids("alpha"), beta: await ids("beta") };
  return {
    registry,
    contents,
    things: { system: system.things, alpha: alpha.things, beta: beta.things },
    projectIds,
    users,
    group: group.id,
    deleted: deleted.id,
    jobs: await plantJobs(registry),
    scrubs: await plantScrubs(registry),
    backups: await makeBackups(admin),
    others: { user: owner, token: token.id, session: session.id, factor: offer.id },
    robotSecret: alpha.secret,
    admin,
    anonymous: asker(url),
    as,
    bearing: (secret) => asker(url, `Bearer ${secret}`),
    signedIn,
    async close() {
      await registry.close();
      await rm(folder, { recursive: true });
    },
  };
}
