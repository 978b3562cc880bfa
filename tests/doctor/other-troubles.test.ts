import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { entrepot } from "../cli/cli.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Machine, newMachine } from "./patient.ts";
import { type Faults, startProxy } from "./proxy.ts";

const TEAM = ["--project", "team"];
const SLOW = 30_000;

let registry: TestRegistry;
let machine: Machine;
beforeAll(async () => {
  machine = await newMachine();
  registry = await startRegistry({
    projects: [{ name: "team" }],
    accounts: [{ name: "ada", password: "ada has a long password", administrator: false }],
    bindings: [{ to: "ada", role: "guest", on: "team" }],
  });
});
afterAll(async () => {
  await registry.close();
  await machine.close();
});

async function behind(faults: Faults) {
  const proxy = await startProxy(registry.url, faults);
  try {
    return await machine.doctor(proxy.url, TEAM, { login: ADMIN });
  } finally {
    await proxy.close();
  }
}

describe("a proxy", () => {
  test.each<[what: string, faults: Faults, code: string]>([
    ["has nothing behind it", { status: 502 }, "ping.gateway"],
    ["knows no registry", { status: 404 }, "ping.not_registry"],
    [
      "redirects",
      { status: 301, sets: { location: "https://elsewhere.invalid/" } },
      "ping.redirect",
    ],
    ["drops the challenge", { drops: ["www-authenticate"] }, "ping.no_challenge"],
    [
      "sends uploads elsewhere",
      { sets: { location: "http://backend:5000/x" } },
      "uploads.location",
    ],
    ["drops Location", { drops: ["location"] }, "uploads.location"],
    ["drops Range", { drops: ["range"] }, "uploads.range"],
  ])("that %s", async (_, faults, code) => {
    const found = await behind(faults);
    expect(found.broken).toEqual([code]);
    expect(found.about(code).split("\n").length).toBeGreaterThan(1);
  });

  test(
    "that keeps uploads back",
    async () => {
      const found = await behind({ buffers: true });
      expect(found.broken).toEqual([]);
      expect(found.about("uploads.buffered")).toContain("proxy_request_buffering off;");
    },
    SLOW,
  );
});

describe("logins of this machine", () => {
  const config = async (content: unknown) => {
    const folder = join(machine.folder, ".docker");
    await mkdir(folder, { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await writeFile(join(folder, "config.json"), text);
  };
  const place = () => new URL(registry.url).host;
  const helper = (name: string, script: string) =>
    writeFile(join(machine.folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, {
      mode: 0o755,
    });
  const look = (more: readonly string[] = TEAM) => machine.doctor(registry.url, more);
  const auth = Buffer.from("ada:ada has a long password").toString("base64");
  afterAll(() => rm(join(machine.folder, ".docker"), { recursive: true }));

  test("are docker's own", async () => {
    await config({ auths: { [place()]: { auth } } });
    const found = await look();
    expect(found.about("credentials.fine")).toContain("config.json");
    expect(found.about("rights.pull")).toBe("ada may pull team/doctor");
    expect(found.about("rights.no_push")).toContain("entrepot project grant PROJECT ada developer");
    expect(found.exit).toBe(0);
    await config({ auths: { [`https://${place()}`]: { username: "ada", password: "no" } } });
    expect((await look()).broken).toEqual(["credentials.wrong"]);
  });

  test("are found by a credential helper", async () => {
    const answer = `{"ServerURL":"x","Username":"ada","Secret":"ada has a long password"}`;
    await helper("good", `read server; [ "$server" = "${place()}" ] && echo '${answer}'`);
    await config({ credsStore: "good" });
    expect((await look()).about("credentials.fine")).toContain("docker-credential-good");
    await helper("none", "echo 'credentials not found in native keychain'; exit 1");
    await config({ credsStore: "none", auths: { [place()]: { auth } } });
    expect((await look()).about("credentials.fine")).toContain("config.json");
    await helper("locked", "echo 'the store is locked'; exit 1");
    await config({ credHelpers: { [place()]: "locked" } });
    const locked = await look();
    expect(locked.broken).toEqual(["credentials.helper"]);
    expect(locked.about("credentials.helper")).toContain("the store is locked");
    await config({ credsStore: "missing" });
    expect((await look()).about("credentials.helper")).toContain("docker-credential-missing");
    await config({ credsStore: "../../bin/sh" });
    expect((await look()).broken).toEqual(["credentials.helper"]);
  });

  test("may be none, damaged, or of a kind that only docker can use", async () => {
    await config("{not json");
    expect((await look()).broken).toEqual(["credentials.file"]);
    await config({ auths: { [place()]: { auth: "bm9jb2xvbg==" } } });
    expect((await look()).broken).toEqual(["credentials.file"]);
    await config({ auths: { [place()]: { identitytoken: "x.y.z" } } });
    expect((await look()).about("credentials.identity_token")).toContain("identity token");
    await config({});
    const found = await look();
    expect(found.about("credentials.none")).toContain(`docker login ${place()}`);
    expect(found.broken).toEqual([]);
  });

  test("of one server are not tried at another", async () => {
    // The server that is asked where none is named.
    await config({ auths: { "127.0.0.1:5000": { auth: btoa("ada:of another server") } } });
    const found = await look();
    expect(found.about("credentials.none")).toContain(place());
    expect(found.broken).toEqual([]);
  });

  test("do not go out unencrypted to another machine", async () => {
    const { port } = new URL(registry.url);
    const named = `registry.example.com:${port}`;
    await config({ auths: { [named]: { auth } } });
    const argv = ["--resolve", "registry.example.com=127.0.0.1"];
    const found = await machine.doctor(`http://${named}`, argv);
    expect(found.about("tls.none")).toContain("insecure-registries");
    expect(found.about("credentials.not_sent")).toContain("unencrypted");
  });
});

test("a token in the place of a name and a password", async () => {
  const env = {
    ENTREPOT_SERVER: registry.url,
    ENTREPOT_USER: "admin",
    ENTREPOT_PASSWORD: ADMIN.password,
  };
  const made = await entrepot(["token", "create", "doctor", "--json"], { env });
  const { secret } = JSON.parse(made.out) as { secret: string };
  const found = await machine.doctor(registry.url, TEAM, { env: { ENTREPOT_TOKEN: secret } });
  expect(found.broken).toEqual([]);
  expect(found.about("credentials.fine")).toContain("admin");
  expect(found.about("rights.push")).toContain("admin may push");
});

test("a limit of the registry's own is told in its own words, and no proxy is blamed", async () => {
  const small = await startRegistry({
    projects: [{ name: "team" }],
    settings: { "uploads.max_size": 2 ** 20 },
  });
  const found = await machine.doctor(small.url, TEAM, { login: ADMIN });
  expect(found.broken).toEqual([]);
  expect(found.about("uploads.refused")).toContain("413 upload.too_large: ");
  await small.close();
});

test("nobody listens", async () => {
  const found = await machine.doctor("http://127.0.0.1:1");
  expect(found.broken).toEqual(["tcp.refused"]);
  expect(found.leftOut).toEqual([
    "tls",
    "clock",
    "ping",
    "realm",
    "credentials",
    "rights",
    "uploads",
    "integrity",
    "backups",
    "reclaim",
  ]);
});

test("the server's own machine: configuration and data folder", async () => {
  const bad = join(machine.folder, "bad.yaml");
  await writeFile(bad, "server: {lisen: x}\n");
  expect(
    (await machine.doctor(registry.url, ["--config", bad])).about("server_data.config"),
  ).toContain("did you mean");
  const fine = await machine.doctor(registry.url, ["--data", registry.folder]);
  expect(fine.findings.map(({ code }) => code)).toContain("server_data.fine");
  const gone = await machine.doctor(registry.url, ["--data", join(machine.folder, "nowhere")]);
  expect(gone.broken).toEqual(["server_data.permissions"]);
  const open = join(machine.folder, "open");
  await mkdir(open);
  await chmod(open, 0o755);
  expect(
    (await machine.doctor(registry.url, ["--data", open])).about("server_data.open"),
  ).toContain("755");
});

test("what is given wrongly is refused", async () => {
  const env = { HOME: machine.folder };
  for (const line of ["doctor --resolve x", "doctor --resolve x=y", "doctor https://u:p@h"]) {
    expect((await entrepot(line.split(" "), { env })).code).toBe(2);
  }
});
