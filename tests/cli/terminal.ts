import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** The program at a terminal. */
export interface AtTerminal {
  /** Resolves when the terminal shows this, after what was waited for before. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** All that was shown so far. */
  readonly seen: string;
  close(): void;
}

/** Starts the program in a terminal of its own. */
export function atTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): AtTerminal {
  const decoder = new TextDecoder();
  let seen = "";
  let from = 0;
  let wake = () => {};
  const child = Bun.spawn([process.execPath, MAIN, ...argv], {
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", ...env },
    terminal: {
      cols: 100,
      rows: 30,
      data(_, bytes) {
        seen += decoder.decode(bytes, { stream: true });
        wake();
      },
    },
  });
  let hasEnded = false;
  const ended = child.exited.then((code) => {
    hasEnded = true;
    wake();
    return code;
  });
  return {
    async shows(text) {
      for (;;) {
        const at = seen.indexOf(text, from);
        if (at >= 0) {
          from = at + text.length;
          return;
        }
        if (hasEnded) throw new Error(`it ended without ${JSON.stringify(text)}: ${seen}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    type: (text) => void child.terminal?.write(text),
    ended,
    get seen() {
      return seen;
    },
    close: () => child.terminal?.close(),
  };
}
