import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newSecret, verifierOf } from "../../src/features/identity/tokens/secret-text.ts";
import { newId } from "../../src/kernel/ids.ts";
import { selfSigned } from "../../src/platform/listen/testing/self-signed.ts";
import { entrepot } from "../cli/cli.ts";
import { openFresh } from "../support/database.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { insertRows } from "../support/rows.ts";
import { type Machine, newMachine } from "./patient.ts";
import { startProxy } from "./proxy.ts";

const SLOW = 30_000;
const TEAM = ["--project", "team"];

let registry: TestRegistry;
let machine: Machine;
beforeAll(async () => {
  machine = await newMachine();
  registry = await startRegistry({ projects: [{ name: "team" }] });
});
afterAll(async () => {
  await registry.close();
  await machine.close();
});

const placeOf = (url: string) => new URL(url).host;

test("a healthy registry and machine have nothing broken, and nothing stays behind", async () => {
  const { exit, broken, findings } = await machine.doctor(registry.url, TEAM, { login: ADMIN });
  expect(broken).toEqual([]);
  expect(exit).toBe(0);
  const codes = findings.map(({ code }) => code);
  for (const code of ["rights.pull", "rights.push", "uploads.fine", "clock.fine", "realm.fine"]) {
    expect(codes).toContain(code);
  }
  const uploads = join(registry.folder, "storage", "uploads");
  const left = await readdir(uploads).catch(() => []);
  expect(left).toEqual([]);
});

describe("unknown CA", () => {
  let secure: TestRegistry;
  let place = "";
  let certFile = "";
  beforeAll(async () => {
    const { cert, key } = selfSigned("registry");
    certFile = join(machine.folder, "server.pem");
    await writeFile(certFile, cert);
    await writeFile(join(machine.folder, "server.key"), key);
    secure = await startRegistry({
      settings: {
        "server.tls.cert_file": certFile,
        "server.tls.key_file": join(machine.folder, "server.key"),
      },
    });
    place = placeOf(secure.url);
  });
  afterAll(() => secure.close());

  test("is told with the place where each client looks for the certificate", async () => {
    const found = await machine.doctor(secure.url);
    expect(found.broken).toEqual(["tls.unknown_ca"]);
    expect(found.exit).toBe(1);
    const advice = found.about("tls.unknown_ca");
    expect(advice).toContain(`/etc/docker/certs.d/${place}/ca.crt`);
    expect(advice).toContain(`/etc/containerd/certs.d/${place}/hosts.toml`);
    expect(advice).toContain(`/etc/containers/certs.d/${place}/ca.crt`);
    // No password goes to whom nobody knows.
    expect(found.leftOut).toContain("credentials");
    const other = join(machine.folder, "other.pem");
    await writeFile(other, selfSigned("other").cert);
    const wrong = await machine.doctor(secure.url, ["--ca-file", other]);
    expect(wrong.about("tls.unknown_ca")).toContain("--ca-file does not help");
  });

  test("is no trouble to whom it was given to, and the others are named", async () => {
    const given = await machine.doctor(secure.url, ["--ca-file", certFile]);
    expect(given.broken).toEqual([]);
    expect(given.about("tls.trusted_by_some")).toContain("trusted by --ca-file");
    const folder = join(machine.folder, "docker/certs.d", place);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "ca.crt"), await Bun.file(certFile).text());
    const docker = await machine.doctor(secure.url, [], { login: ADMIN });
    expect(docker.about("tls.trusted_by_some")).toContain("trusted by docker");
    expect(docker.about("credentials.fine")).toContain("admin");
    await mkdir(join(machine.folder, "ssl/certs"), { recursive: true });
    const bundle = join(machine.folder, "ssl/certs/ca-certificates.crt");
    await writeFile(bundle, await Bun.file(certFile).text());
    const system = await machine.doctor(secure.url);
    expect(system.findings.map(({ code }) => code)).toContain("tls.fine");
    await Bun.file(bundle).delete();
  });

  test("is not the same as a certificate of another name", async () => {
    const port = new URL(secure.url).port;
    const argv = ["--ca-file", certFile, "--resolve", "registry.example.com=127.0.0.1"];
    const found = await machine.doctor(`https://registry.example.com:${port}`, argv);
    expect(found.broken).toEqual(["tls.wrong_name"]);
    expect(found.about("tls.wrong_name")).toContain("DNS:localhost");
  });
});

test("wrong clock", async () => {
  for (const [ahead, word] of [
    [7_200, "behind"],
    [-6_000, "ahead of"],
  ] as const) {
    const proxy = await startProxy(registry.url, { ahead });
    try {
      const found = await machine.doctor(proxy.url);
      expect(found.broken).toEqual(["clock.skew"]);
      expect(found.about("clock.skew")).toMatch(new RegExp(`(2h|100m) ${word}`));
      expect(found.about("clock.skew")).toContain("timedatectl set-ntp true");
    } finally {
      await proxy.close();
    }
  }
  const proxy = await startProxy(registry.url, { ahead: 20 });
  expect((await machine.doctor(proxy.url)).broken).toEqual([]);
  await proxy.close();
});

test("proxy body limit", async () => {
  for (const [bodyLimit, size] of [
    [1_048_576, "2MiB"],
    [2 ** 30, "2GiB"],
  ] as const) {
    const proxy = await startProxy(registry.url, { bodyLimit });
    try {
      const found = await machine.doctor(proxy.url, TEAM, { login: ADMIN });
      expect(found.broken).toEqual(["uploads.body_limit"]);
      expect(found.about("uploads.body_limit")).toContain(`bodies of ${size} (413)`);
      expect(found.about("uploads.body_limit")).toContain("client_max_body_size 0;");
    } finally {
      await proxy.close();
    }
  }
  // It is told without any right, too: a proxy asks nobody.
  const proxy = await startProxy(registry.url, { bodyLimit: 1_048_576 });
  expect((await machine.doctor(proxy.url)).broken).toEqual(["uploads.body_limit"]);
  await proxy.close();
});

test(
  "wrong realm",
  async () => {
    const lost = await startRegistry({
      settings: { "server.public_url": "http://registry.invalid" },
    });
    const found = await machine.doctor(lost.url, [], { login: ADMIN });
    expect(found.broken).toEqual(["realm.unreachable"]);
    expect(found.about("realm.unreachable")).toContain("server.public_url");
    // No password goes to where the registry is not.
    expect(found.leftOut).toContain("credentials");
    await lost.close();
    // Encrypted up to the proxy, and then sent on to where it is not.
    const pair = selfSigned("proxy");
    const file = join(machine.folder, "proxy.pem");
    await writeFile(file, pair.cert);
    const open = await startProxy(registry.url, {
      tls: pair,
      sets: { "www-authenticate": `Bearer realm="${registry.url}/token",service="x"` },
    });
    const insecure = await machine.doctor(open.url, ["--ca-file", file]);
    expect(insecure.broken).toContain("realm.insecure");
    await open.close();
    const { port } = new URL(registry.url);
    const here = ["--resolve", "registry.example.com=127.0.0.1"];
    const loop = await startProxy(registry.url, {
      sets: { "www-authenticate": `Bearer realm="${registry.url}/token",service="x"` },
    });
    const named = await machine.doctor(`http://registry.example.com:${loop.port}`, here);
    expect(named.broken).toContain("realm.loopback");
    const other = await machine.doctor(loop.url, [], { login: ADMIN });
    expect(other.about("realm.other_place")).toContain(`127.0.0.1:${port}`);
    expect(other.about("credentials.not_sent")).toContain("another place");
    await loop.close();
  },
  SLOW,
);

test("full disk", async () => {
  const full = await startRegistry({
    projects: [{ name: "team" }],
    settings: { "storage.min_free_bytes": 2 ** 50 },
  });
  const found = await machine.doctor(full.url, TEAM, { login: ADMIN });
  expect(found.broken).toEqual(["uploads.storage_full"]);
  expect(found.about("uploads.storage_full")).toContain("df -h");
  // On the server's own machine the reason is in its configuration.
  const config = join(machine.folder, "full.yaml");
  await writeFile(config, "storage: {min_free_bytes: 1TiB, min_free_percent: 90}\n");
  const argv = [...TEAM, "--config", config, "--data", full.folder];
  const there = await machine.doctor(full.url, argv, { login: ADMIN });
  expect(there.broken).toEqual(["uploads.storage_full", "server_data.full"]);
  expect(there.about("server_data.full")).toContain("storage.min_free_percent");
  await full.close();
});

/** A secret of a robot that ended a minute ago. */
async function expiredSecret(robot: string): Promise<string> {
  const secret = newSecret("robot");
  const now = Date.now();
  const row = {
    id: newId(),
    kind: "robot",
    principal_id: robot,
    name: "secret",
    verifier: verifierOf(secret),
    limits: null,
    addresses: null,
    claims: null,
    parent_id: null,
    generation: 0,
    created_at: now - 120_000,
    expires_at: now - 60_000,
    last_used_at: null,
    last_used_address: null,
    revoked_at: null,
  };
  const db = await openFresh(registry.database, new URL("../support/writer.ts", import.meta.url));
  await db.write(insertRows, { table: "tokens", rows: [row] });
  await db.close();
  return secret;
}

test("expired secret", async () => {
  const made = await registry.admin.post("/api/v1/projects/team/robots", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "brief" }),
  });
  const { id, name } = made.json as { id: string; name: string };
  const secret = await expiredSecret(id);
  const login = { name, password: secret };
  const found = await machine.doctor(registry.url, TEAM, { login });
  expect(found.broken).toEqual(["credentials.ended"]);
  expect(found.about("credentials.ended")).toContain("expired");
  expect(found.about("credentials.ended")).toContain("entrepot robot rotate");
  expect(JSON.stringify(found.findings)).not.toContain(secret);
  const damaged = { name, password: `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}` };
  expect((await machine.doctor(registry.url, [], { login: damaged })).broken).toEqual([
    "credentials.mistyped",
  ]);
  const wrong = { name: "admin", password: "not it" };
  expect((await machine.doctor(registry.url, [], { login: wrong })).broken).toEqual([
    "credentials.wrong",
  ]);
});

test("http on an https port, and https on an http port", async () => {
  const place = placeOf(registry.url);
  const found = await machine.doctor(`https://${place}`);
  expect(found.broken).toEqual(["tls.plain_http"]);
  expect(found.about("tls.plain_http")).toContain(`http://${place}`);
  expect(found.about("tls.plain_http")).toContain("server gave HTTP response to HTTPS client");
  // Where no scheme is given, clients come by http as well.
  expect((await machine.doctor(place)).broken).toEqual([]);
  const proxy = await startProxy(registry.url, { tls: selfSigned("proxy") });
  const other = await machine.doctor(`http://127.0.0.1:${proxy.port}`);
  expect(other.broken).toEqual(["tls.https_port"]);
  expect(other.about("tls.https_port")).toContain(`https://127.0.0.1:${proxy.port}`);
  await proxy.close();
});

test("wrong project", async () => {
  const found = await machine.doctor(registry.url, ["--project", "taem"], { login: ADMIN });
  expect(found.broken).toEqual(["rights.project_unknown"]);
  expect(found.about("rights.project_unknown")).toContain("did you mean team?");
  expect(found.about("rights.project_unknown")).toContain("entrepot project create");
});

test("name with capitals", async () => {
  const found = await machine.doctor(`${placeOf(registry.url)}/team/My-App:v1`);
  expect(found.broken).toEqual(["names.capitals"]);
  expect(found.about("names.capitals")).toContain("team/my-app");
  expect((await machine.doctor(registry.url, ["--project", "Team"])).broken).toEqual([
    "names.capitals",
  ]);
  const odd = await machine.doctor(registry.url, ["--repository", "team//app"]);
  expect(odd.broken).toEqual(["names.invalid"]);
});

test("IPv6-only name", async () => {
  const { port } = new URL(registry.url);
  const argv = ["--resolve", "six.example.com=[::1]"];
  // The registry listens on an IPv4 address alone.
  const found = await machine.doctor(`http://six.example.com:${port}`, argv);
  expect(found.broken).toHaveLength(1);
  expect(found.broken[0]).toMatch(/^tcp\.(?:refused|unreachable)$/);
  expect(found.about("dns.ipv6_only")).toContain("server.listen: [::]");
  expect(found.about(found.broken[0] ?? "")).toContain("Only IPv6 was tried");
  // One that listens there is well, but not for everybody.
  const six = await startRegistry({ settings: { "server.listen": "[::1]:0" } });
  const heard = await machine.doctor(`http://six.example.com:${new URL(six.url).port}`, argv);
  expect(heard.broken).toEqual([]);
  expect(heard.about("dns.ipv6_only")).toContain("has IPv6 addresses only: ::1");
  await six.close();
  const unknown = await machine.doctor("https://registry.invalid");
  expect(unknown.broken).toEqual(["dns.unknown"]);
});

test("every trouble is told in Chinese as well, and as lines for people", async () => {
  const place = placeOf(registry.url);
  const argv = ["doctor", `https://${place}/`, "--etc", machine.folder, "--images", machine.folder];
  const zh = await entrepot(argv, { language: "zh", env: { HOME: machine.folder } });
  expect(zh.code).toBe(1);
  expect(zh.out).toContain("故障 加密（TLS）：使用了 https，但该端口是明文 http [tls.plain_http]");
  expect(zh.out).toContain("跳过 仓库服务：因“加密（TLS）”有问题而跳过");
  expect(zh.err).toContain("发现 1 处故障");
  const en = await entrepot(argv, { env: { HOME: machine.folder } });
  expect(en.out).toContain("BROKEN  encryption (TLS): https was asked for");
  expect(en.out).toMatch(/\n {8}→ Give the server a certificate/);
});
