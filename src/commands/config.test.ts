import { describe, expect, test } from "bun:test";
import { CommanderError } from "commander";
import { parse } from "yaml";
import type { Environment } from "../config/env-source.ts";
import { ConfigError } from "../config/problems.ts";
import { configCommand, languageOf } from "./config.ts";

function run(argv: string[], env: Environment = {}, language: "en" | "zh" = "en"): string {
  let text = "";
  const command = configCommand({ env, language, out: (more) => (text += more) });
  for (const each of [command, ...command.commands]) {
    each.exitOverride().configureOutput({ writeErr: () => {} });
  }
  command.parse(argv, { from: "user" });
  return text;
}

describe("config check", () => {
  test("says that all is well", () => {
    expect(run(["check"])).toBe("the configuration is usable\n");
    expect(run(["check"], {}, "zh")).toBe("配置可用\n");
  });

  test("names what is insecure", () => {
    const text = run(["check", "--insecure-no-auth", "--listen", "0.0.0.0:5000"]);
    expect(text).toContain("warning no_auth_on_network (auth.insecure_no_auth): ANYONE");
    expect(text).toContain("warning plain_http");
  });

  test("throws what is wrong, with the flag that it came from", () => {
    const message = 'log.level: the value "loud" is not possible';
    expect(() => run(["check", "--log-level", "loud"])).toThrow(message);
    expect(() => run(["check", "--log-level", "loud"])).toThrow("(--log-level)");
    expect(() => run(["check", "--set", "data"])).toThrow(ConfigError);
    expect(() => run(["check", "--config", "/nonexistent"])).toThrow("ENOENT");
    expect(() => run(["check"], { ENTREPOT_CONFIG: "/nonexistent" })).toThrow("ENOENT");
  });

  test("an unknown flag is refused", () => {
    expect(() => run(["check", "--lisetn", "x"])).toThrow(CommanderError);
  });
});

describe("config show", () => {
  test("prints what counts as a file that could be used again, without secrets", () => {
    const env = {
      ENTREPOT_DATABASE: "postgres://app:hunter22@db/x",
      ENTREPOT_ADMIN_PASSWORD: "hunter22hunter22",
    };
    const text = run(["show", "--listen", "127.0.0.1:1", "[::1]:1", "--no-access-log"], env);
    expect(text).not.toContain("hunter22");
    expect(text).toContain("# server.listen: --listen\n");
    expect(text).toContain("# database: ENTREPOT_DATABASE\n");
    const shown = parse(text);
    expect(shown.server.listen).toEqual(["127.0.0.1:1", "[::1]:1"]);
    expect(shown.log).toEqual({ level: "info", format: "text", access: false });
    expect(shown.database).toBe("postgres://app:[redacted]@db/x");
    expect(shown.admin.password).toBe("[redacted]");
  });

  test("as JSON it names the source of each key", () => {
    const set = ["--set", "reclaim.grace=2h", "trash.keep=1d"];
    const shown = JSON.parse(run(["show", "--json", ...set]));
    expect(shown.config.reclaim).toMatchObject({ grace: "2h", untagged_after: "never" });
    expect(shown.sources["reclaim.grace"]).toBe("--set");
    expect(shown.sources["trash.keep"]).toBe("--set");
    expect(shown.sources["log.access"]).toBe("default");
  });
});

test.each([
  [{}, "en"],
  [{ LANG: "zh_CN.UTF-8" }, "zh"],
  [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, "en"],
  [{ LANG: "en_GB", LC_MESSAGES: "zh_TW" }, "zh"],
  [{ LC_ALL: "", LANG: "zh" }, "zh"],
] as const)("the language of %j is %s", (env, language) => {
  expect(languageOf(env)).toBe(language);
});
