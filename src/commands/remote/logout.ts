import type { Command } from "commander";
import { dropLogin, findLogin } from "../../client/logins/logins.ts";
import { RestFault, RestProblem } from "../../client/rest-fault.ts";
import { type ConnectionFlags, clientOf, Inputs, type RemoteContext } from "./connection.ts";
import { endLoginTokens, loginServer } from "./login.ts";
import { printable } from "./printable.ts";
import { addAction, type VerbOption } from "./verb.ts";
import { fillWords, type Words } from "./words.ts";

const OPTIONS: readonly VerbOption[] = [
  {
    flags: "--ca-file <file>",
    words: {
      en: "certificates (PEM) to trust besides the system's",
      zh: "除系统证书外还信任的证书（PEM）",
    },
  },
];

const OUR_TOKEN = "ent_pat_";

const TOLD: Readonly<Record<"out" | "none" | "alive", Words>> = {
  out: { en: "logged out of {host}", zh: "已退出 {host}" },
  none: { en: "there was no login of {host}", zh: "没有 {host} 的登录信息" },
  alive: {
    en: "warning: the token of this login may still count, for {host} did not end it ({why}); see `entrepot token list`",
    zh: "警告：{host} 未能吊销此登录的令牌（{why}），它可能仍然有效；请查看 `entrepot token list`",
  },
};

/** Ends the token that `login` made; gives why it could not. */
async function endToken(
  url: URL,
  flags: ConnectionFlags,
  context: RemoteContext,
): Promise<string | undefined> {
  const login = await findLogin(context.env, url.host);
  if (login?.kind !== "password" || !login.password.reveal().startsWith(OUR_TOKEN))
    return undefined;
  const inputs = new Inputs(context.streams);
  const credential = { kind: "basic", name: login.name, password: login.password } as const;
  const rest = await clientOf(url, credential, flags.caFile, { inputs, context });
  try {
    await endLoginTokens(rest, undefined);
    return undefined;
  } catch (error) {
    // One that does not count any more needs no end.
    if (error instanceof RestProblem && error.status === 401) return undefined;
    if (error instanceof RestProblem || error instanceof RestFault) return error.message;
    throw error;
  }
}

/** Hangs in `entrepot logout`. */
export function addLogout(program: Command, context: RemoteContext): void {
  const { env, language, streams } = context;
  addAction<ConnectionFlags>(program, context, {
    usage: "logout [server]",
    words: {
      en: "forget the login of a server, and end the token that `login` made for it",
      zh: "清除某服务的登录信息，并吊销 `login` 为其创建的令牌",
    },
    example: "entrepot logout registry.example.com",
    options: OPTIONS,
    async run([server], flags) {
      const url = loginServer(server, flags, context);
      const host = url.host;
      const tell = (words: Words, values: Readonly<Record<string, string>> = {}) =>
        streams.note(`${fillWords(words, { host, ...values })[language]}\n`);
      const why = await endToken(url, flags, context);
      // Whatever the server says, nothing is kept here.
      const wasThere = await dropLogin(env, host);
      if (why !== undefined) await tell(TOLD.alive, { why: printable(why) });
      await tell(wasThere ? TOLD.out : TOLD.none);
    },
  });
}
