import { type Command, CommanderError } from "commander";
import type { Streams } from "../../src/commands/remote/streams.ts";
import { makeProgram, type ProgramContext } from "../../src/program.ts";
import type { Credentials } from "../support/accounts.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly language?: "en" | "zh";
  /** Whoever sits at the terminal, and answers questions; left out: nobody. */
  readonly answer?: (question: string) => string | Promise<string>;
}

function silence(command: Command, note: (text: string) => void): void {
  command.configureOutput({ writeOut: note, writeErr: note });
  for (const each of command.commands) silence(each, note);
}

const unheard: Streams = {
  out: () => Promise.resolve(),
  note: () => Promise.resolve(),
  input: () => Promise.resolve(""),
};

/** The program, which serves nothing. */
export function programFor(
  streams: Streams = unheard,
  more: Pick<ProgramContext, "env" | "language" | "out"> = { env: {}, language: "en", out() {} },
): Command {
  return makeProgram({
    ...more,
    streams,
    terminal: false,
    routeClasses: [],
    open: () => Promise.reject(new Error("nothing is served here")),
    stopAsked: () => Promise.reject(new Error("nothing is served here")),
  });
}

/** Runs `entrepot …` in this process, with streams of its own. */
export async function entrepot(argv: readonly string[], options: CliOptions = {}): Promise<Ran> {
  const { env = {}, input = "", language = "en", answer } = options;
  const said = { out: "", err: "" };
  const out = (text: string) => {
    said.out += text;
  };
  const note = (text: string) => {
    said.err += text;
  };
  const decoder = new TextDecoder();
  const streams: Streams = {
    async out(pieces) {
      for await (const piece of pieces) {
        out(typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
      }
    },
    note: async (text) => note(text),
    input: async () => input,
    ask: async (question) => await answer?.(question),
  };
  const program = programFor(streams, { env, language, out });
  silence(program, note);
  try {
    await program.parseAsync(argv, { from: "user" });
    return { code: 0, ...said };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode, ...said };
    throw error;
  }
}

/** The environment of somebody who asks the server at `url`. */
export function as(url: string, { name, password }: Credentials): Record<string, string> {
  return { ENTREPOT_SERVER: url, ENTREPOT_USER: name, ENTREPOT_PASSWORD: password };
}
