/**
 * `bun run verify:clients [part…]`: what others make of Entrepôt. Every test on SQLite and on
 * PostgreSQL, a real directory server, a real browser, programs that automate a registry and proxies
 * before one, the OCI conformance suite, real clients, crashes. Installs the Debian packages that it lacks; fails where something is missing. Ends with
 * `N passed, N failed`.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startRegistry } from "../tests/clients/harness.ts";
import { entrepot, type Launcher } from "../tests/clients/launchers.ts";
import { CLIENT_PACKAGES, verifyClients } from "../tests/clients/run.ts";
import { negotiatedProtocol } from "../tests/clients/tls.ts";
import { checkConformance } from "../tests/conformance/run.ts";
import { checkCrashes, chosenSeed } from "../tests/crash/crash.ts";
import { checkSoak } from "../tests/load/soak/soak.ts";
import { makeCertificates } from "./lib/certificates.ts";
import { Checks, same } from "./lib/checks.ts";
import { buildExecutable } from "./lib/executable.ts";
import {
  AUTOMATION_PACKAGES,
  BROWSER_PACKAGES,
  DIRECTORY_PACKAGES,
  ensureAnsible,
  ensureConformance,
  ensurePackages,
  findProgram,
} from "./lib/packages.ts";
import { type Postgres, startPostgres } from "./lib/postgres.ts";
import { dropFolder, tempFolder } from "./lib/temp.ts";
import { runEveryTest, runTests, testFiles } from "./lib/tests.ts";

const LEVELS = ["1.1", "dev"] as const;
const PACKAGES = [
  ...CLIENT_PACKAGES,
  ...DIRECTORY_PACKAGES,
  ...BROWSER_PACKAGES,
  ...AUTOMATION_PACKAGES,
];
const ROUNDS = { sqlite: 20, postgres: 5 };
/** Minutes of pushing, deleting, pulling and killing while space comes back. */
const SOAK = 3;

/** What every part may use. */
interface Means {
  readonly checks: Checks;
  readonly postgres: Postgres;
  /** Entrepôt as one file, in a folder that holds nothing else. */
  readonly executable: Launcher;
  readonly folder: string;
}

async function tests({ checks, postgres }: Means): Promise<void> {
  await runEveryTest(checks, "SQLite");
  await runEveryTest(checks, "PostgreSQL", postgres.url);
}

/** The tests of one folder; throws when there are none, which would run all. */
async function testsIn(checks: Checks, name: string, path: string): Promise<void> {
  const files = await testFiles(path);
  if (files.length === 0) throw new Error(`${path} has no test`);
  await runTests(checks, name, files);
}

async function directory({ checks }: Means): Promise<void> {
  await testsIn(checks, "a directory server (slapd)", "tests/directory");
}

async function browser({ checks }: Means): Promise<void> {
  await testsIn(checks, "a browser (Chromium)", "tests/e2e");
}

async function automation({ checks }: Means): Promise<void> {
  let ansible = "";
  const isReady = await checks.check("Ansible is installed", async () => {
    ansible = await ensureAnsible();
    return ansible;
  });
  const terraform = await findProgram("terraform");
  if (terraform === undefined) {
    console.log("no terraform on the PATH: of its examples only the rendered requests are proven");
  }
  if (!isReady) return;
  const env = { ENTREPOT_TEST_ANSIBLE: ansible, ENTREPOT_TEST_TERRAFORM: terraform };
  const files = (await testFiles("tests/automation")).filter(
    (path) => terraform !== undefined || !path.includes("terraform"),
  );
  if (files.length === 0) throw new Error("tests/automation has no test");
  await runTests(checks, "programs that automate a registry, and proxies before one", files, env);
}

async function conformance({ checks, postgres, executable, folder }: Means): Promise<void> {
  const binary = await ensureConformance();
  const databases = {
    SQLite: {},
    PostgreSQL: { database: await postgres.createDatabase("suite") },
  };
  for (const [name, options] of Object.entries(databases)) {
    const registry = await startRegistry(entrepot(), options);
    try {
      for (const level of LEVELS) await checkConformance(checks, name, binary, registry, level);
    } finally {
      await registry.close();
    }
  }
  const own = join(folder, "tls");
  mkdirSync(own);
  const tls = await makeCertificates(own, ["localhost", "127.0.0.1"]);
  const registry = await startRegistry(executable, { tls });
  try {
    await checks.check("HTTP/2 is what a client gets that offers it", async () => {
      same("protocol", await negotiatedProtocol(registry.host, tls.caFile), "h2");
      return "h2 by ALPN";
    });
    for (const level of LEVELS) {
      const name = "executable, TLS and HTTP/2";
      await checkConformance(checks, name, binary, registry, level, tls.caFile);
    }
  } finally {
    await registry.close();
  }
}

async function clients({ checks, executable }: Means): Promise<void> {
  await verifyClients(checks, executable);
}

async function crashes({ checks, postgres, executable }: Means): Promise<void> {
  const seed = chosenSeed(undefined);
  await checkCrashes(checks, "SQLite", executable, { rounds: ROUNDS.sqlite, seed });
  const database = await postgres.createDatabase("crashes");
  await checkCrashes(checks, "PostgreSQL", executable, { rounds: ROUNDS.postgres, seed, database });
  const soaked = await postgres.createDatabase("soak");
  await checkSoak(checks, "PostgreSQL", executable, { minutes: SOAK, seed, database: soaked });
}

const PARTS: Readonly<Record<string, (means: Means) => Promise<void>>> = {
  tests,
  directory,
  browser,
  automation,
  conformance,
  clients,
  crashes,
};

async function verify(chosen: readonly string[]): Promise<number> {
  const checks = new Checks();
  const names = Object.keys(PARTS);
  const odd = chosen.filter((name) => !names.includes(name));
  if (odd.length > 0) throw new Error(`no such part: ${odd.join()} (there are ${names.join()})`);
  const left = names.filter((name) => chosen.length > 0 && !chosen.includes(name));
  if (left.length > 0) console.log(`left out, as asked: ${left.join(", ")}`);

  const isReady = await checks.check("Debian packages", async () => {
    await ensurePackages(...PACKAGES);
    return PACKAGES.join(" ");
  });
  if (!isReady) return checks.close();
  const folder = tempFolder("verify-clients");
  let postgres: Postgres | undefined;
  let path = "";
  try {
    await checks.check("PostgreSQL starts", async () => {
      postgres = await startPostgres();
      return undefined;
    });
    const isBuilt = await checks.check("the executable is built", async () => {
      const own = join(folder, "executable");
      mkdirSync(own);
      path = await buildExecutable(own);
      return undefined;
    });
    if (postgres === undefined || !isBuilt) return checks.close();
    const means: Means = { checks, postgres, executable: entrepot(path), folder };
    for (const [name, part] of Object.entries(PARTS)) {
      if (left.includes(name)) continue;
      try {
        await part(means);
      } catch (cause) {
        checks.fail(name, cause);
      }
    }
  } finally {
    await postgres?.stop();
    await dropFolder(folder);
  }
  return checks.close();
}

process.exitCode = await verify(process.argv.slice(2));
