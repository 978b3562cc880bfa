import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Checks, Checks as NewChecks } from "../../scripts/lib/checks.ts";
import { ensureConformance } from "../../scripts/lib/packages.ts";
import { attempt, tail } from "../../scripts/lib/run.ts";
import { dropFolder, tempFolder } from "../../scripts/lib/temp.ts";
import { type Registry, startRegistry } from "../clients/harness.ts";
import { launcherNamed } from "../clients/launchers.ts";
import { type Level, parseResults, parseTree, problems } from "./results.ts";

export interface SuiteOptions {
  /** The suite's executable. */
  readonly binary: string;
  /** `host:port`. */
  readonly host: string;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** PEM file of the authority behind an HTTPS registry; without one the suite speaks HTTP. */
  readonly caFile?: string | undefined;
  readonly level: Level;
  /** Two repositories that nothing was pushed to yet. */
  readonly repositories: readonly [string, string];
}

export interface SuiteRun {
  readonly tests: number;
  readonly passed: number;
  /** Empty when the registry conforms. */
  readonly problems: readonly string[];
}

/**
 * Runs the conformance suite once. Only what it wrote counts, never its exit code: a bad
 * configuration ends with 0, and so does a run with skips.
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteRun> {
  const folder = tempFolder("conformance");
  try {
    // Settings of the caller's environment must not bend the suite.
    const strange = Object.keys(process.env).filter((name) => name.startsWith("OCI_"));
    const finished = await attempt([options.binary], {
      cwd: folder,
      timeout: 300_000,
      env: {
        ...Object.fromEntries(strange.map((name) => [name, undefined])),
        OCI_REGISTRY: options.host,
        // The suite's "insecure" has no effect: with TLS it has to know the authority.
        OCI_TLS: options.caFile ? "enabled" : "disabled",
        SSL_CERT_FILE: options.caFile,
        OCI_REPO1: options.repositories[0],
        OCI_REPO2: options.repositories[1],
        OCI_USERNAME: options.credentials?.username,
        OCI_PASSWORD: options.credentials?.password,
        OCI_VERSION: options.level,
        OCI_RESULTS_DIR: folder,
        OCI_LOG: "error",
      },
    });
    if (finished.timedOut) throw new Error(`the suite did not end\n${tail(finished.output)}`);
    let text: string;
    try {
      text = readFileSync(join(folder, "results.yaml"), "utf8");
    } catch (cause) {
      throw new Error(`the suite left no results\n${tail(finished.output)}`, { cause });
    }
    const tests = parseTree(finished.stdout);
    const passed = tests.filter(({ status }) => status === "Pass").length;
    const found = problems(options.level, parseResults(text), tests);
    return { tests: tests.length, passed, problems: explained(found, finished.stdout) };
  } finally {
    await dropFolder(folder);
  }
}

/** Puts the suite's own words under each test that failed. */
function explained(found: readonly string[], output: string): string[] {
  const lines = output.split("\n").map((line) => line.trim());
  return found.map((problem) => {
    const name = problem.replace(/^test /, "");
    const at = lines.indexOf(name);
    const reason = at >= 0 ? (lines[at + 1] ?? "") : "";
    return reason.startsWith("- ") ? `${problem} ${reason}` : problem;
  });
}

/** One check: the suite at one level against a running registry, in repositories of its own. */
export async function checkConformance(
  checks: Checks,
  name: string,
  binary: string,
  registry: Registry,
  level: Level,
  caFile?: string,
): Promise<void> {
  await checks.check(`conformance ${level}, ${name}`, async () => {
    const slug = `${level.replace(".", "-")}-${Date.now()}`;
    const ran = await runSuite({
      binary,
      host: registry.host,
      credentials: registry.credentials,
      caFile,
      level,
      repositories: [`conformance/one-${slug}`, `conformance/two-${slug}`],
    });
    if (ran.problems.length > 0) {
      throw new Error(`${ran.passed} of ${ran.tests} passed\n${ran.problems.join("\n")}`);
    }
    const leftOut = ran.tests - ran.passed;
    return `${ran.passed} passed${leftOut > 0 ? `, ${leftOut} not part of this level` : ""}`;
  });
}

if (import.meta.main) {
  const [launcher = "sources", database] = process.argv.slice(2);
  const checks = new NewChecks();
  try {
    const binary = await ensureConformance();
    const registry = await startRegistry(launcherNamed(launcher), database ? { database } : {});
    try {
      for (const level of ["1.1", "dev"] as const) {
        await checkConformance(checks, launcher, binary, registry, level);
      }
    } finally {
      await registry.close();
    }
  } catch (cause) {
    checks.fail("conformance", cause);
  }
  process.exit(checks.close());
}
