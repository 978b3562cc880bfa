/**
 * Starts Entrepôt and other registries, one at a time, puts the same load on each and prints the
 * ratios: `bun bench/compare.ts --help`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { Bench, type Scale } from "../src/commands/bench/bench.ts";
import { VOID_EXIT } from "../src/commands/bench/command.ts";
import { GIB, type Metric } from "../src/commands/bench/measure/metric.ts";
import { Comparison, renderComparison } from "./comparison.ts";
import type { Figure } from "./figures/figure.ts";
import { FIGURES } from "./figures/table.ts";
import { helloLimits, physicalLimits } from "./limits.ts";
import { distribution } from "./subjects/distribution.ts";
import { entrepot } from "./subjects/entrepot.ts";
import type { Subject } from "./subjects/subject.ts";
import { zot } from "./subjects/zot.ts";

interface Flags {
  readonly entrepot?: string;
  readonly dockerRegistry: string;
  readonly distribution?: string;
  readonly zot?: string;
  readonly rounds: number;
  readonly scale: Scale;
  readonly only: string;
  readonly folder: string;
  readonly out: string;
}

const HELLO = "hello server";
const LIMITS = "limits of the machine";

function rounds(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("At least 1.");
  return value;
}

function subjectsOf(flags: Flags): readonly Subject[] {
  if (!existsSync(flags.dockerRegistry)) {
    throw new Error(`${flags.dockerRegistry} is missing: install docker-registry, or name another`);
  }
  return [
    entrepot(flags.entrepot),
    distribution("docker-registry 2.8.2", flags.dockerRegistry),
    ...(flags.distribution === undefined
      ? []
      : [distribution("distribution v3", resolve(flags.distribution))]),
    ...(flags.zot === undefined ? [] : [zot(resolve(flags.zot))]),
  ];
}

function figuresOf(only: string): readonly Figure[] {
  const wanted = only.split(",").filter((id) => id !== "");
  const unknown = wanted.find((id) => !FIGURES.some((figure) => figure.id === id));
  if (unknown !== undefined) {
    throw new Error(
      `there is no figure ${unknown}; there are ${FIGURES.map(({ id }) => id).join(", ")}`,
    );
  }
  return FIGURES.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
}

/** One figure on one server that lives for nothing else. */
async function measureOne(
  figure: Figure,
  subject: Subject,
  flags: Flags,
  round: number,
): Promise<{ metrics: readonly Metric[]; faults: readonly string[] }> {
  const folder = mkdtempSync(join(flags.folder, "entrepot-compare-"));
  try {
    // What the server before left to be written must not be charged to this one.
    execFileSync("sync");
    const server = await subject.start(folder);
    const bench = new Bench(
      { url: server.url, pid: server.pid },
      { scale: flags.scale, seed: `compare ${round}`, prefix: "bench/compare" },
    );
    try {
      return { metrics: await figure.measure(bench), faults: bench.ledger.reasons };
    } finally {
      bench.closeCallers();
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The subjects in another order each round, so that none always comes first. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

async function addLimits(comparison: Comparison, figures: readonly Figure[], flags: Flags) {
  const folder = mkdtempSync(join(flags.folder, "entrepot-limits-"));
  try {
    comparison.add("limits", LIMITS, LIMITS, physicalLimits(folder, flags.scale));
    for (const [id, metrics] of await helloLimits(folder, flags.scale)) {
      const figure = figures.find((one) => one.id === id);
      if (figure !== undefined) comparison.add(id, figure.title, HELLO, metrics);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(flags: Flags): Promise<void> {
  const subjects = subjectsOf(flags);
  const figures = figuresOf(flags.only);
  const comparison = new Comparison(subjects[0]?.name ?? "");
  const faults: string[] = [];
  const startedAt = new Date().toISOString();
  for (let round = 0; round < flags.rounds; round += 1) {
    for (const figure of figures) {
      if (round >= (figure.maxRounds ?? flags.rounds)) continue;
      const taking = figure.oursOnly === true ? subjects.slice(0, 1) : rotated(subjects, round);
      for (const subject of taking) {
        console.error(`round ${round + 1} of ${flags.rounds}: ${figure.id}, ${subject.name}`);
        const measured = await measureOne(figure, subject, flags, round);
        comparison.add(figure.id, figure.title, subject.name, measured.metrics);
        faults.push(...measured.faults.map((fault) => `${subject.name}, ${figure.id}: ${fault}`));
      }
    }
    await addLimits(comparison, figures, flags);
  }
  const rows = comparison.rows();
  const table = renderComparison(rows, [...subjects.map(({ name }) => name), HELLO, LIMITS]);
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? "", memory: totalmem() };
  const words = [
    `${machine.cores} cores (${machine.model}), ${Math.round(machine.memory / GIB)} GiB; ${flags.rounds} rounds, medians; scale ${flags.scale}; ${startedAt}.`,
    "In bold: how many times better Entrepôt is (ours / theirs for rates, theirs / ours for costs).",
    ...(faults.length === 0
      ? []
      : ["", "This run is void:", ...faults.map((fault) => `- ${fault}`)]),
  ].join("\n");
  console.log(`${words}\n\n${table}`);
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, "comparison.md"), `${words}\n\n${table}`);
  const record = { startedAt, machine, rounds: flags.rounds, scale: flags.scale, faults, rows };
  writeFileSync(join(flags.out, "comparison.json"), `${JSON.stringify(record, null, 2)}\n`);
  if (faults.length > 0) process.exitCode = VOID_EXIT;
}

await new Command("compare")
  .description("Compare Entrepôt with other registries on this machine, in one run")
  .option("--entrepot <path>", "an executable of Entrepôt (default: the sources)")
  .option("--docker-registry <path>", "Debian's registry", "/usr/bin/docker-registry")
  .option("--distribution <path>", "a registry binary of distribution v3")
  .option("--zot <path>", "a zot binary")
  .option("--rounds <n>", "how often each is measured", rounds, 5)
  .addOption(new Option("--scale <scale>").choices(["tiny", "small", "full"]).default("full"))
  .option("--only <figures>", `of ${FIGURES.map(({ id }) => id).join(",")}`, "")
  .option("--folder <path>", "where the servers store what they are sent", tmpdir())
  .option("--out <path>", "where comparison.md and comparison.json go", ".")
  .action(compare)
  .parseAsync(process.argv);
