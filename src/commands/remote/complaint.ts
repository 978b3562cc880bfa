import { CopyFault } from "../../client/copy/faults.ts";
import { LoginsFault } from "../../client/logins/fault.ts";
import { RestFault, RestProblem } from "../../client/rest-fault.ts";
import { Failure } from "../../kernel/errors/catalogue.ts";
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

const LOGINS: Readonly<Record<LoginsFault["kind"], Words>> = {
  file: {
    en: "{at} cannot be used: {why}\nIt is docker's file of logins; mend it, or name another folder by DOCKER_CONFIG.",
    zh: "无法使用 {at}：{why}\n这是 docker 的登录配置文件；请修复，或通过 DOCKER_CONFIG 指定其他目录。",
  },
  helper: {
    en: "{at} does not keep the login: {why}\nDocker's config.json names it (credsStore, credHelpers); install it, or take it out of there.",
    zh: "{at} 无法保存登录信息：{why}\n它由 docker 的 config.json 指定（credsStore、credHelpers）；请安装，或从中移除。",
  },
  homeless: {
    en: "there is no place to keep a login in: {why}",
    zh: "没有可保存登录信息的位置：{why}",
  },
};

const COPIES: Readonly<Record<CopyFault["kind"], { exit: number; words: Words }>> = {
  missing: { exit: EXIT.unknown, words: { en: "it is not there", zh: "对象不存在" } },
  refused: {
    exit: EXIT.refused,
    words: {
      en: "it refuses: log in by `entrepot login`, or ask for the right",
      zh: "被拒绝：请通过 `entrepot login` 登录，或申请权限",
    },
  },
  unreachable: {
    exit: EXIT.unreachable,
    words: { en: "it does not answer as it should", zh: "无法正常访问" },
  },
  damaged: {
    exit: EXIT.failed,
    words: { en: "what came is not what was promised", zh: "内容与摘要不符" },
  },
  unsupported: {
    exit: EXIT.failed,
    words: { en: "it cannot be copied", zh: "无法复制" },
  },
};

const SIDES: Readonly<Record<CopyFault["side"], Words>> = {
  source: { en: "the source", zh: "源" },
  target: { en: "the target", zh: "目标" },
};

function copyComplaint({ kind, side, message }: CopyFault): { exit: number; words: Words } {
  const { exit, words } = COPIES[kind];
  const why = printable(message);
  const { en, zh } = SIDES[side];
  return { exit, words: { en: `${en}: ${words.en} (${why})`, zh: `${zh}：${words.zh}（${why}）` } };
}

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
  if (error instanceof LoginsFault) {
    const values = { at: printable(error.at), why: printable(error.message) };
    return { exit: EXIT.failed, words: fillWords(LOGINS[error.kind], values) };
  }
  if (error instanceof CopyFault) return copyComplaint(error);
  if (error instanceof Failure) {
    const said = (language: "en" | "zh") => `${error.words(language)}\n${error.help(language)}`;
    return { exit: EXIT.failed, words: { en: said("en"), zh: said("zh") } };
  }
  return undefined;
}
