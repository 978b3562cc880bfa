import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type { HttpVersion, Scale } from "./bench.ts";
import { renderSvg } from "./report/svg.ts";
import { renderTable } from "./report/table.ts";
import { type BenchOptions, runBench } from "./run.ts";
import { WORKLOADS } from "./workloads/table.ts";

/** The exit code of a run whose figures say nothing. */
export const VOID_EXIT = 3;

/** Where the command's words go. */
export interface BenchIo {
  out(text: string): void;
  note(text: string): void;
}

const processIo: BenchIo = {
  out: (text) => {
    process.stdout.write(text);
  },
  note: (text) => {
    process.stderr.write(text);
  },
};

interface Flags {
  readonly workload: string;
  readonly scale: Scale;
  readonly rounds: number;
  readonly seed: string;
  readonly prefix?: string;
  readonly user?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly insecure: boolean;
  readonly http2: boolean;
  readonly pid?: number;
  readonly cold: boolean;
  readonly json?: string;
  readonly svg?: string;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("A whole number above 0 is needed.");
  }
  return value;
}

/** Repositories of different runs must not meet, or a second run would push what is there already. */
function freshPrefix(): string {
  return `bench/${randomBytes(6).toString("hex")}`;
}

function optionsOf(url: string, flags: Flags, io: BenchIo): BenchOptions {
  const password =
    flags.passwordFile === undefined
      ? flags.password
      : readFileSync(flags.passwordFile, "utf8").replace(/\r?\n$/, "");
  const http: HttpVersion = flags.http2 ? "2" : "1.1";
  return {
    url,
    workloads: flags.workload.split(","),
    rounds: flags.rounds,
    scale: flags.scale,
    seed: flags.seed,
    prefix: flags.prefix ?? freshPrefix(),
    cold: flags.cold,
    insecure: flags.insecure,
    ca: flags.ca === undefined ? undefined : readFileSync(flags.ca, "utf8"),
    http,
    pid: flags.pid,
    credentials:
      flags.user === undefined ? undefined : { username: flags.user, password: password ?? "" },
    progress: (line) => io.note(`${line}\n`),
  };
}

/** `bench URL`: runs the workloads against any registry and prints what it measured. */
export function benchCommand(io: BenchIo = processIo): Command {
  return (
    new Command("bench")
      .description("Measure any registry with fixed workloads; exit code 3 when the run is void")
      .argument("<url>", "the registry, such as http://127.0.0.1:5000")
      .option("--workload <list>", `of ${[...WORKLOADS.keys()].join(",")}; all when left out`, "")
      .addOption(
        new Option(
          "--scale <scale>",
          "small ends within minutes, full is what figures are given for",
        )
          .choices(["tiny", "small", "full"])
          .default("small"),
      )
      .option("--rounds <n>", "rounds of each workload", positive, 5)
      .option("--seed <text>", "the same seed and prefix give the same bytes", "entrepot")
      .option("--prefix <name>", "repositories are made below this name (default: a fresh one)")
      .addOption(
        new Option(
          "--user <name>",
          "log in, by Basic or by the token flow, as the registry asks",
        ).env("ENTREPOT_USER"),
      )
      .option("--password-file <file>", "a file that holds the password, or set ENTREPOT_PASSWORD")
      // Hidden: other users of the machine see arguments.
      .addOption(new Option("--password <password>").env("ENTREPOT_PASSWORD").hideHelp())
      .option("--ca <file>", "PEM certificates to trust besides the system's")
      .option("--insecure", "accept any certificate", false)
      .option("--http2", "speak HTTP/2 (https only)", false)
      .option("--pid <pid>", "the server's process on this machine: measure its use", positive)
      .option("--cold", "also read with the page cache emptied (root only)", false)
      .option("--json <file>", "write all rounds to this file")
      .option("--svg <file>", "draw a chart into this file")
      .action(async (url: string, flags: Flags, command: Command) => {
        const report = await runBench(optionsOf(url, flags, io));
        io.out(renderTable(report));
        if (flags.json !== undefined) {
          writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
        }
        if (flags.svg !== undefined) writeFileSync(flags.svg, renderSvg(report));
        if (report.voidReasons.length > 0) {
          command.error("the run is void", { exitCode: VOID_EXIT, code: "bench.void" });
        }
      })
  );
}
