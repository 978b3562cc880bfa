import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { selfSigned } from "../../src/platform/listen/testing/self-signed.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, entrepot } from "./cli.ts";

const ROOT = join(import.meta.dir, "../..");
const SLOW = 60_000;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

/** Runs the program itself. */
function run(argv: readonly string[], env: Readonly<Record<string, string>>, input = "") {
  return Bun.spawn([process.execPath, join(ROOT, "src/main.ts"), ...argv], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function finished(child: Bun.ReadableSubprocess) {
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

describe("the program", () => {
  test("reads a password from standard input and speaks the language of LANG", async () => {
    const env = { ENTREPOT_SERVER: registry.url, LANG: "zh_CN.UTF-8" };
    const argv = ["user", "list", "--user", ADMIN.name, "--password-stdin"];
    const { code, out, err } = await finished(run(argv, env, `${ADMIN.password}\n`));
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^名称 .*\nadmin /);
  });

  test("pipes a login password into the next program, and nothing else", async () => {
    const { code, out, err } = await finished(run(["login-password"], as(registry.url, ADMIN)));
    expect(code).toBe(0);
    expect(out).toMatch(/^ent_log_\w+\n$/);
    expect(err).toContain("docker login -u admin");
    const { status } = await registry.as({ name: "admin", password: out.trim() }).get("/v2/");
    expect(status).toBe(200);
  });

  test.each([
    [["user", "lsit"], 2],
    [["user"], 2],
    [["user", "show"], 2],
    [["nonsense"], 2],
    [["user", "show", "nobody"], 4],
    [["user", "list", "--server", "http://127.0.0.1:1"], 5],
    [["user", "list", "--help"], 0],
  ])("ends %j with %i", async (argv, code) => {
    expect((await finished(run(argv, as(registry.url, ADMIN)))).code).toBe(code);
  });

  test(
    "loses nothing of a long answer that is read slowly",
    async () => {
      const items = Array.from({ length: 20_000 }, (_, at) => `permission-${at}-${"x".repeat(80)}`);
      const server = Bun.serve({ port: 0, fetch: () => Response.json({ items }) });
      try {
        const env = { ENTREPOT_SERVER: `http://127.0.0.1:${server.port}` };
        const child = run(["role", "permissions", "--json"], env);
        const reader = child.stdout.getReader();
        const first = await reader.read();
        // The pipe is full by now: the program has to wait for its reader before it ends.
        expect(child.exitCode).toBeNull();
        let text = new TextDecoder().decode(first.value);
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          text += new TextDecoder().decode(next.value);
        }
        expect(JSON.parse(text)).toEqual({ items });
        expect(await child.exited).toBe(0);
      } finally {
        await server.stop(true);
      }
    },
    SLOW,
  );
});

test("the program ends quietly when its reader has had enough", async () => {
  const items = Array.from({ length: 20_000 }, (_, at) => `permission-${at}-${"x".repeat(80)}`);
  const server = Bun.serve({ port: 0, fetch: () => Response.json({ items }) });
  try {
    const argv = [process.execPath, join(ROOT, "src/main.ts"), "role", "permissions"];
    const line = `"$0" "$@" | head -n 1`;
    const child = Bun.spawn(["bash", "-o", "pipefail", "-c", line, ...argv], {
      env: { PATH: process.env.PATH ?? "", ENTREPOT_SERVER: `http://127.0.0.1:${server.port}` },
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await finished(child)).toEqual({ code: 0, out: "PERMISSION\n", err: "" });
  } finally {
    await server.stop(true);
  }
});

test("health tells by its exit code whether the server of a configuration is ready", async () => {
  const { host } = new URL(registry.url);
  expect(await entrepot(["health", "--listen", host])).toMatchObject({ code: 0, out: "ready\n" });
  const nobody = await finished(run(["health", "--listen", "127.0.0.1:1"], {}));
  expect([nobody.code, nobody.out]).toEqual([1, ""]);
});

describe("audit verify", () => {
  test("needs no server: it reads the data itself", async () => {
    await entrepot(["project", "create", "verified"], { env: as(registry.url, ADMIN) });
    const { folder, database } = registry;
    const where = [`data=${folder}`, ...(database.url === "" ? [] : [`database=${database.url}`])];
    const { code, out } = await entrepot(["audit", "verify", "--set", ...where]);
    expect(out).toStartWith("intact: ");
    expect(code).toBe(0);
  });

  test("makes nothing in a folder where there is no log", async () => {
    const folder = join(registry.folder, "empty");
    await mkdir(folder);
    const { code, err } = await entrepot(["audit", "verify", "--set", `data=${folder}`]);
    expect(code).toBe(2);
    expect(err).toContain("entrepot.sqlite");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("TLS", () => {
  test("is trusted by the certificate that is given, and by no other", async () => {
    const pair = selfSigned("registry");
    const certFile = join(registry.folder, "cli-cert.pem");
    const keyFile = join(registry.folder, "cli-key.pem");
    const otherFile = join(registry.folder, "cli-other.pem");
    await Bun.write(certFile, pair.cert);
    await Bun.write(keyFile, pair.key);
    await Bun.write(otherFile, selfSigned("other").cert);
    const secure = await startRegistry({
      settings: { "server.tls.cert_file": certFile, "server.tls.key_file": keyFile },
    });
    try {
      expect(secure.url).toStartWith("https://");
      const env = as(secure.url, ADMIN);
      expect((await entrepot(["user", "list", "--ca-file", certFile], { env })).code).toBe(0);
      for (const more of [[], ["--ca-file", otherFile]]) {
        const { code, out } = await entrepot(["user", "list", ...more], { env });
        expect({ code, out }).toEqual({ code: 5, out: "" });
      }
    } finally {
      await secure.close();
    }
  });
});

test("a credential that goes out unencrypted is told of", async () => {
  const env = { ENTREPOT_SERVER: "http://registry.invalid", ENTREPOT_TOKEN: "ent_pat_x" };
  const { code, err } = await entrepot(["user", "list"], { env });
  expect(code).toBe(5);
  expect(err).toStartWith("warning: the credential goes to registry.invalid unencrypted\n");
  const nobody = { ENTREPOT_SERVER: "http://registry.invalid" };
  expect((await entrepot(["user", "list"], { env: nobody })).err).not.toContain("warning");
});
