import { RestFault, RestProblem } from "../../client/rest-fault.ts";
import { printable } from "./printable.ts";
import { fillWords, type Words } from "./words.ts";

/** How a command that asks a server ends; `entrepot --help` tells them to people. */
export const EXIT = {
  failed: 1,
  usage: 2,
  refused: 3,
  unknown: 4,
  unreachable: 5,
} as const;

/** Why a command cannot do what it was asked for, found out on this side. */
export class Complaint extends Error {
  readonly exit: number;
  readonly words: Words;

  constructor(exit: number, words: Words, cause?: unknown) {
    super(words.en, cause === undefined ? undefined : { cause });
    this.name = "Complaint";
    this.exit = exit;
    this.words = words;
  }
}

/** What was given cannot be meant. */
export function misuse(en: string, zh: string): Complaint {
  return new Complaint(EXIT.usage, { en, zh });
}

const FAULTS: Readonly<Record<RestFault["kind"], { exit: number; words: Words }>> = {
  unreachable: {
    exit: EXIT.unreachable,
    words: {
      en: "no registry answers: {why}\nGive its address by --server or ENTREPOT_SERVER, and see that it runs.",
      zh: "无法连接仓库服务：{why}\n请用 --server 或 ENTREPOT_SERVER 给出地址，并确认服务正在运行。",
    },
  },
  unreadable: {
    exit: EXIT.unreachable,
    words: {
      en: "what answers is not a registry of this kind ({why})\nCheck the address; a proxy may stand in between.",
      zh: "应答方并非此类仓库服务（{why}）\n请检查地址，中间可能有代理。",
    },
  },
  name: {
    exit: EXIT.usage,
    words: { en: "{why} cannot be a name", zh: "{why} 不能用作名称" },
  },
};

function exitOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.refused;
  return status === 404 ? EXIT.unknown : EXIT.failed;
}

/** The words and the exit code for an error; undefined for one that is a fault of the program. */
export function complaintOf(error: unknown): { exit: number; words: Words } | undefined {
  if (error instanceof Complaint) return error;
  if (error instanceof RestProblem) {
    // They come in the language that was asked for.
    const lines = [error.message, error.help].filter((line) => line !== "").map(printable);
    const text = lines.join("\n");
    return { exit: exitOf(error.status), words: { en: text, zh: text } };
  }
  if (error instanceof RestFault) {
    const { exit, words } = FAULTS[error.kind];
    return { exit, words: fillWords(words, { why: printable(error.message) }) };
  }
  return undefined;
}
