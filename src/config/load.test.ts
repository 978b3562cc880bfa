import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { configKeys, envSpellings, spellings } from "./keys.ts";
import { type ConfigInput, loadConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";
import { redact } from "./redact.ts";

const folder = mkdtempSync(join(tmpdir(), "entrepot-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

function problemsOf(input: ConfigInput): string[] {
  try {
    loadConfig(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((each) => {
      expect(each.zh).not.toBe(each.en);
      return `${each.key} | ${each.en} | ${each.origin.replace(folder, "")}`;
    });
  }
  return [];
}

describe("defaults", () => {
  const { config, origins } = loadConfig({});

  test("are those that were decided", () => {
    expect(config.server.listen).toEqual(["127.0.0.1:5000"]);
    expect(config.database).toBeUndefined();
    expect(config.auth.insecureNoAuth).toBe(false);
    expect(config.projects.autoCreate).toBe("administrators");
    expect(config.uploads).toEqual({
      expireAfter: 604_800_000,
      maxPerPrincipal: 100,
      maxSize: "unlimited",
    });
    expect(config.storage).toEqual({
      path: "data/storage",
      minFreeBytes: 1_073_741_824,
      minFreePercent: 2,
    });
    expect(config.reclaim).toEqual({
      grace: 86_400_000,
      untaggedAfter: "never",
      enabled: true,
      pace: 200,
    });
    expect(config.trash.keep).toBe(604_800_000);
    expect(config.tags.pageSize).toBe(1_000);
    expect(origins.size).toBe(0);
  });

  test("can be written to a file and read back as the same", () => {
    const text = JSON.stringify(redact(config));
    expect(loadConfig({ file: file(text) }).config).toEqual(config);
  });
});

test("login providers are a list in YAML and JSON text elsewhere, and say what is wrong", () => {
  const yaml =
    "auth:\n  providers:\n    - type: local\n    - { type: htpasswd, name: old, file: users }\n";
  const { config } = loadConfig({ file: file(yaml) });
  expect(config.auth.providers.map(({ name }) => name)).toEqual(["local", "old"]);
  const env = { ENTREPOT_AUTH_PROVIDERS: '[{"type":"local"}]' };
  expect(loadConfig({ env }).config.auth.providers).toHaveLength(1);
  const wrong = problemsOf({ file: file("auth: { providers: [ { type: ldap, name: x } ] }\n") });
  expect(wrong.join()).toContain("url");
});

describe("precedence", () => {
  const path = file("log: { level: warn, format: json }\ndata: /from/file\n");
  const env = { ENTREPOT_LOG_LEVEL: "error", ENTREPOT_DATA: "/from/env" };
  const overrides = [{ name: "data", value: "/from/flag", origin: "--data" }];

  test("flags over environment over file over defaults", () => {
    const { config, origins } = loadConfig({ file: path, env, overrides });
    expect(config.data).toBe("/from/flag");
    expect(config.log).toEqual({ level: "error", format: "json", access: true });
    expect([...origins]).toEqual([
      ["log.level", "ENTREPOT_LOG_LEVEL"],
      ["log.format", `${path}:1`],
      ["data", "--data"],
    ]);
    expect(config.storage.path).toBe("/from/flag/storage");
  });

  test("a value without content in the file is as if it were not there", () => {
    const empty = file("server:\n  listen:\nlog:\n");
    expect(loadConfig({ file: empty }).config).toEqual(loadConfig({}).config);
    expect(loadConfig({ file: file("") }).config).toEqual(loadConfig({}).config);
  });

  test("lists come from the environment by commas", () => {
    const given = { ENTREPOT_SERVER_LISTEN: "127.0.0.1:1, [::1]:1," };
    expect(loadConfig({ env: given }).config.server.listen).toEqual(["127.0.0.1:1", "[::1]:1"]);
  });

  test("a file may give one listen address without a list", () => {
    const one = file("server: { listen: '[::]:80' }");
    expect(loadConfig({ file: one }).config.server.listen).toEqual(["[::]:80"]);
  });
});

describe("secrets", () => {
  const secretFile = join(folder, "password");
  writeFileSync(secretFile, "from a file, kept \n");

  test("come from the environment or from a file that it names", () => {
    const plain = loadConfig({ env: { ENTREPOT_ADMIN_PASSWORD: "from the env" } });
    expect(plain.config.admin.password?.reveal()).toBe("from the env");
    const named = loadConfig({ env: { ENTREPOT_ADMIN_PASSWORD_FILE: secretFile } });
    expect(named.config.admin.password?.reveal()).toBe("from a file, kept ");
    const yaml = loadConfig({ file: file(`admin: { password_file: ${secretFile} }`) });
    expect(yaml.config.admin.password?.reveal()).toBe("from a file, kept ");
  });

  test("a stronger layer's file wins over a weaker layer's value", () => {
    const { config } = loadConfig({
      file: file("admin: { password: in-the-yaml }"),
      env: { ENTREPOT_ADMIN_PASSWORD_FILE: secretFile },
    });
    expect(config.admin.password?.reveal()).toBe("from a file, kept ");
  });

  test("both ways in one layer are a contradiction", () => {
    const env = { ENTREPOT_DATABASE: "postgres://a/b", ENTREPOT_DATABASE_FILE: secretFile };
    expect(problemsOf({ env })[0]).toContain("given twice: as `database` and as `database_file`");
  });

  test("a missing file is named, and so is why", () => {
    const env = { ENTREPOT_DATABASE_FILE: "/nonexistent/secret" };
    expect(problemsOf({ env })).toEqual([
      "database_file | the file /nonexistent/secret cannot be read: ENOENT | ENTREPOT_DATABASE_FILE",
    ]);
  });

  test("never appear in problems, in what is shown or in an inspection", () => {
    const words = problemsOf({ env: { ENTREPOT_DATABASE: "mysql://root:hunter22@db" } });
    expect(words).toHaveLength(1);
    expect(words.join()).not.toContain("hunter22");

    const { config } = loadConfig({
      env: {
        ENTREPOT_ADMIN_PASSWORD: "hunter22-admin",
        ENTREPOT_DATABASE: "postgres://app:hunter22@db:5432/x?password=hunter22",
      },
    });
    const shown = redact(config);
    expect(shown.database).toBe("postgres://app:[redacted]@db:5432/x");
    for (const text of [inspect(config, { depth: 9 }), JSON.stringify([config, shown])]) {
      expect(text).not.toContain("hunter22");
    }
  });

  test.each(["short", "password123", "changeme", "Harbor12345", "12345678"])(
    "the password %p is refused",
    (password) => {
      const [problem] = problemsOf({ env: { ENTREPOT_ADMIN_PASSWORD: password } });
      expect(problem).toContain("at least 8 characters");
      expect(problem).not.toContain(password);
    },
  );
});

describe("problems", () => {
  test("are all named at once, each with its line and what is allowed", () => {
    const path = file(
      [
        "server:",
        "  tsl: {}",
        "  stop_deadline: 30",
        "log:",
        "  format: josn",
        "tls: 1",
        "uploads: 5",
        "data: { a: 1 }",
      ].join("\n"),
    );
    const name = path.replace(folder, "");
    expect(problemsOf({ file: path })).toEqual([
      `server.tsl | there is no such key; did you mean \`server.tls\`? | ${name}:2`,
      `tls | there is no such key; did you mean \`server.tls\`? | ${name}:6`,
      `uploads | holds keys of its own, not a value | ${name}:7`,
      `data | the value {"a":1} is not possible; allowed: a path | ${name}:8`,
      `server.stop_deadline | the value 30 is not possible; allowed: a duration with its unit, such as \`30s\`, \`24h\` or \`7d\`, from 0s to 1h | ${name}:3`,
      `log.format | the value "josn" is not possible; allowed: one of \`text\`, \`json\` | ${name}:5`,
    ]);
  });

  test("a file that is missing, not YAML, or gives a key twice", () => {
    expect(problemsOf({ file: "/nonexistent.yaml" })[0]).toContain("cannot be read: ENOENT");
    expect(problemsOf({ file: file("a: [1") })[0]).toContain("not valid YAML");
    expect(problemsOf({ file: file("data: a\ndata: b\n") })[0]).toMatch(/not valid YAML.*:2$/);
    expect(problemsOf({ file: file("- 1") })[0]).toContain("holds keys of its own");
    expect(problemsOf({ file: file("__proto__: { a: 1 }") })[0]).toContain("no such key");
  });

  test("unknown variables and overrides", () => {
    expect(problemsOf({ env: { ENTREPOT_LOG_LEVL: "x" } })[0]).toContain("`ENTREPOT_LOG_LEVEL`");
    const overrides = [{ name: "server.publicURL", value: "x", origin: "--set" }];
    expect(problemsOf({ overrides })).toEqual([
      "server.publicURL | there is no such key; did you mean `server.public_url`? | --set",
    ]);
  });

  test("an orchestrator's service links are not ours", () => {
    const env = {
      ENTREPOT_PORT: "tcp://10.0.0.1:5000",
      ENTREPOT_PORT_5000_TCP_ADDR: "10.0.0.1",
      ENTREPOT_SERVICE_HOST: "10.0.0.1",
      ENTREPOT_SERVICE_PORT_HTTP: "5000",
      ENTREPOT_DB_PORT_5432_TCP: "tcp://10.0.0.2:5432",
      ENTREPOT_CONFIG: "/etc/entrepot.yaml",
      PATH: "/bin",
    };
    expect(problemsOf({ env })).toEqual([]);
    for (const variable of envSpellings.keys()) {
      expect(problemsOf({ env: { [`${variable}_X`]: "1" } })).toHaveLength(1);
    }
  });

  test.each([
    ["server: { tls: { cert_file: a } }", "server.tls.cert_file | needs `server.tls.key_file` too"],
    ["server: { tls: { key_file: a } }", "server.tls.key_file | needs `server.tls.cert_file` too"],
    ["server: { http3: true }", "server.http3 | needs `server.tls`"],
    ["server: { metrics_listen: '127.0.0.1:5000' }", "server.metrics_listen | must be another"],
    ["server: { listen: [] }", "server.listen | the value [] is not possible"],
    ["data: ''", 'data | the value "" is not possible'],
    ["auth: { realm: 'a\"b' }", "auth.realm | the value"],
  ])("%s", (text, problem) => {
    expect(problemsOf({ file: file(text) })[0]).toStartWith(problem);
  });

  test("no text in any key makes anything but a ConfigError", () => {
    const name = fc.constantFrom(...spellings.keys());
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
    fc.assert(
      fc.property(name, value, (key, given) => {
        problemsOf({ overrides: [{ name: key, value: given, origin: "--set" }] });
      }),
    );
  });

  test("any text as a file makes nothing but a ConfigError", () => {
    const path = join(folder, "any.yaml");
    const line = fc.tuple(fc.constantFrom(...spellings.keys(), "&a", "*a", "? "), fc.string());
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        writeFileSync(path, lines.map(([key, rest]) => `${key}: ${rest}`).join("\n"));
        problemsOf({ file: path });
      }),
    );
  });
});

test("every key says what it is for in both languages and has a default that is allowed", () => {
  for (const { name, meta } of configKeys) {
    expect(meta.en).toMatch(/[.]$/);
    expect(meta.zh).toMatch(/[。]$/);
    expect(meta.zh).toMatch(/\p{Script=Han}/u);
    const overrides = [{ name, value: meta.default, origin: "--set" }];
    expect(problemsOf({ overrides })).toEqual([]);
  }
});
