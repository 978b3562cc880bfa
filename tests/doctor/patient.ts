import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { as, type CliOptions, entrepot } from "../cli/cli.ts";
import type { Credentials } from "../support/accounts.ts";

export interface Said {
  readonly code: string;
  readonly level: string;
  readonly words: string;
  readonly advice: readonly string[];
}

export interface Diagnosis {
  readonly exit: number;
  readonly findings: readonly Said[];
  /** The codes of what is broken. */
  readonly broken: readonly string[];
  readonly leftOut: readonly string[];
  /** The words and the advice of a finding; fails when it was not found. */
  about(code: string): string;
}

/** A machine of its own: no settings, no logins, no images. */
export interface Machine {
  readonly folder: string;
  doctor(server: string, more?: readonly string[], options?: Visit): Promise<Diagnosis>;
  close(): Promise<void>;
}

interface Visit extends CliOptions {
  readonly login?: Credentials;
}

export async function newMachine(): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), "entrepot-doctor-"));
  return {
    folder,
    async doctor(server, more = [], { login, env, ...options } = {}) {
      const who = login === undefined ? {} : as("http://127.0.0.1:1", login);
      const home = { HOME: folder, PATH: `${folder}:${process.env.PATH ?? ""}`, ...who, ...env };
      const argv = ["doctor", server, "--json", "--etc", folder, "--images", folder, ...more];
      const ran = await entrepot(argv, { ...options, env: home });
      if (ran.out === "") throw new Error(`exit code ${ran.code}: ${ran.err}`);
      const { checks } = JSON.parse(ran.out) as {
        checks: { check: string; leftOutBecauseOf: string | null; findings: Said[] }[];
      };
      const findings = checks.flatMap((each) => each.findings);
      return {
        exit: ran.code,
        findings,
        broken: findings.filter(({ level }) => level === "broken").map(({ code }) => code),
        leftOut: checks.filter((each) => each.leftOutBecauseOf !== null).map(({ check }) => check),
        about(code) {
          const found = findings.find((each) => each.code === code);
          if (found === undefined) throw new Error(`no ${code} in ${ran.out}`);
          return [found.words, ...found.advice].join("\n");
        },
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
