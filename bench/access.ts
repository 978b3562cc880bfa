/**
 * What authentication costs, in one run: manifest GET open, with a token, and with every pull
 * recorded; and how long others wait during a flood of wrong logins: `bun bench/access.ts --help`.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { Bench, type Scale } from "../src/commands/bench/bench.ts";
import { VOID_EXIT } from "../src/commands/bench/command.ts";
import type { Workload } from "../src/commands/bench/workload.ts";
import { BearerReads } from "../src/commands/bench/workloads/w17-bearer-reads.ts";
import { LoginFlood } from "../src/commands/bench/workloads/w18-login-flood.ts";
import { AccessReport, isMet, renderAccess, type Target } from "./access-report.ts";
import { entrepot } from "./subjects/entrepot.ts";
import type { Subject } from "./subjects/subject.ts";

interface Flags {
  readonly entrepot?: string;
  readonly rounds: number;
  readonly scale: Scale;
  readonly folder: string;
  readonly out: string;
}

/** One server under one load. */
interface Case {
  readonly subject: Subject;
  readonly hasLogin: boolean;
  /** What takes minutes is measured in so many rounds at most. */
  readonly maxRounds?: number;
  make(): Workload;
}

const PASSWORD = randomBytes(18).toString("base64url");
const OPEN = "open to everyone";
const BEARER = "bearer token";
const EACH = "bearer token, each pull recorded";
const ONE_ADDRESS = "flood from one address";
const MANY_ADDRESSES = "flood from as many addresses";

const TARGETS: readonly Target[] = [
  { what: "bearer / open", metric: "rate", subject: BEARER, against: OPEN, atLeast: 0.6 },
  { what: "each pull recorded / open", metric: "rate", subject: EACH, against: OPEN },
  ...[ONE_ADDRESS, MANY_ADDRESSES].map((subject) => ({
    what: `p99 during / before, ${subject}`,
    metric: "meanwhile / before",
    subject,
    atMost: 10,
  })),
];

function casesOf(path: string | undefined): readonly Case[] {
  const reads = () => new BearerReads();
  const flood = () => new LoginFlood();
  const server = (name: string, environment: Record<string, string> = {}) =>
    entrepot(path, { name, password: PASSWORD, environment });
  const proxied = { ENTREPOT_SERVER_TRUSTED_PROXIES: "127.0.0.1/32" };
  return [
    { subject: entrepot(path, { name: OPEN }), hasLogin: false, make: reads },
    { subject: server(BEARER), hasLogin: true, make: reads },
    { subject: server(EACH, { ENTREPOT_AUDIT_PULLS: "each" }), hasLogin: true, make: reads },
    { subject: server(ONE_ADDRESS), hasLogin: true, make: flood },
    { subject: server(MANY_ADDRESSES, proxied), hasLogin: true, maxRounds: 1, make: flood },
  ];
}

/** One load on a server that lives for nothing else; answers what makes the run void. */
async function measureOne(
  { subject, hasLogin, make }: Case,
  flags: Flags,
  round: number,
  report: AccessReport,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(flags.folder, "entrepot-access-"));
  try {
    // What the server before left to be written must not be charged to this one.
    execFileSync("sync");
    const server = await subject.start(folder);
    const credentials = hasLogin ? { username: "admin", password: PASSWORD } : undefined;
    const bench = new Bench(
      { url: server.url, pid: server.pid, credentials },
      { scale: flags.scale, seed: `access ${round}`, prefix: "bench/access" },
    );
    try {
      const workload = make();
      await workload.prepare(bench);
      report.add(subject.name, await workload.run(bench, 0));
      return bench.ledger.reasons;
    } finally {
      bench.closeCallers();
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(flags: Flags): Promise<void> {
  const cases = casesOf(flags.entrepot);
  const report = new AccessReport();
  const faults: string[] = [];
  const startedAt = new Date().toISOString();
  for (let round = 0; round < flags.rounds; round += 1) {
    // In another order each round, so that none always comes first.
    const at = round % cases.length;
    for (const each of [...cases.slice(at), ...cases.slice(0, at)]) {
      if (round >= (each.maxRounds ?? flags.rounds)) continue;
      const { name } = each.subject;
      console.error(`round ${round + 1} of ${flags.rounds}: ${name}`);
      const found = await measureOne(each, flags, round, report);
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
  }
  const words = [
    `${cpus().length} cores (${cpus()[0]?.model ?? ""}); ${flags.rounds} rounds, medians; scale ${flags.scale}; ${startedAt}.`,
    ...(faults.length === 0 ? [] : ["This run is void:", ...faults.map((fault) => `- ${fault}`)]),
  ].join("\n");
  const text = `${words}\n\n${renderAccess(report, TARGETS)}`;
  console.log(text);
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, "access.md"), text);
  const { rounds, scale } = flags;
  const record = { startedAt, rounds, scale, faults, rows: report.rows() };
  writeFileSync(join(flags.out, "access.json"), `${JSON.stringify(record, null, 2)}\n`);
  const missed = TARGETS.some(
    (target) =>
      (target.atLeast ?? target.atMost) !== undefined && !isMet(target, report.value(target)),
  );
  if (faults.length > 0) process.exitCode = VOID_EXIT;
  else if (missed) process.exitCode = 1;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("At least 1.");
  return value;
}

await new Command("access")
  .description("Measure what authentication costs and what a flood of logins does to others")
  .option("--entrepot <path>", "an executable of Entrepôt (default: the sources)")
  .option("--rounds <n>", "how often each is measured", positive, 5)
  .addOption(new Option("--scale <scale>").choices(["tiny", "small", "full"]).default("full"))
  .option("--folder <path>", "where the servers store what they are sent", tmpdir())
  .option("--out <path>", "where access.md and access.json go", ".")
  .action(measure)
  .parseAsync(process.argv);
