import { hostname } from "node:os";
import type { Command } from "commander";
import { z } from "zod";
import { parseAddress } from "../../client/address.ts";
import { Authorizer } from "../../client/auth/authorizer.ts";
import { openEnd } from "../../client/copy/end.ts";
import { at, refusal } from "../../client/copy/faults.ts";
import { keepLogin } from "../../client/logins/logins.ts";
import { path, type RestClient, type RestCredential } from "../../client/rest.ts";
import { RestFault, RestProblem } from "../../client/rest-fault.ts";
import { Secret } from "../../kernel/secret.ts";
import { misuse } from "./complaint.ts";
import {
  type ConnectionFlags,
  clientOf,
  credentialOf,
  Inputs,
  type RemoteContext,
} from "./connection.ts";
import { printable } from "./printable.ts";
import { read } from "./remote.ts";
import { given, serverFor } from "./server.ts";
import { momentAfter } from "./values.ts";
import { addAction, CONNECTION, type VerbOption } from "./verb.ts";
import { fillWords, type Words } from "./words.ts";

interface Flags extends ConnectionFlags {
  readonly keepPassword?: boolean;
  readonly expires?: string;
}

const OPTIONS: readonly VerbOption[] = [
  {
    flags: "--keep-password",
    words: {
      en: "keep the password itself, and make no token in its place",
      zh: "保存密码本身，不创建令牌代替",
    },
  },
  {
    flags: "--expires <time>",
    words: {
      en: "until when the token counts: 30d, or 2027-01-31; else as the server has it",
      zh: "令牌有效期：30d 或 2027-01-31；默认由服务决定",
    },
  },
];

const me = z.object({ kind: z.string(), name: z.string(), via: z.string() });
const token = z.object({ id: z.string(), name: z.string() });
const LONGEST_NAME = 64;

/** What tokens of this machine's logins are called. */
export function loginTokenName(): string {
  return `login@${hostname()}`.slice(0, LONGEST_NAME);
}

/** The server that is logged in to: the argument, or as for every verb. */
export function loginServer(
  server: string | undefined,
  { server: flag }: ConnectionFlags,
  { env }: RemoteContext,
): URL {
  return serverFor(flag, env, [server]);
}

const NOBODY = misuse(
  "who logs in? Give --user with --password-stdin, or --token-file; at a terminal you are asked",
  "请给出 --user 与 --password-stdin，或 --token-file；在终端中会逐项询问",
);

/** What the person gives: by flags and environment, else asked for at the terminal. */
async function credentialFor(
  flags: Flags,
  { env, language, streams }: RemoteContext,
  inputs: Inputs,
): Promise<RestCredential> {
  const isGiven =
    flags.tokenFile !== undefined ||
    flags.passwordStdin === true ||
    given(env, "ENTREPOT_PASSWORD") !== undefined ||
    (flags.user === undefined && given(env, "ENTREPOT_TOKEN") !== undefined);
  if (isGiven) {
    const credential = await credentialOf(flags, env, inputs);
    if (credential !== undefined) return credential;
  }
  const ask = async (en: string, zh: string, isHidden: boolean) => {
    const said = await streams.ask?.(language === "zh" ? zh : en, isHidden);
    if (said === undefined || said === "") throw NOBODY;
    return said;
  };
  const name =
    flags.user ?? given(env, "ENTREPOT_USER") ?? (await ask("User name: ", "用户名：", false));
  if (name.includes(":")) throw misuse("a name holds no colon", "用户名不能含冒号");
  const password = await ask("Password or token: ", "密码或令牌：", true);
  return { kind: "basic", name, password: new Secret(password) };
}

/** Who a registry of our kind takes the caller for; undefined where it is one of another kind. */
async function whoAt(rest: RestClient): Promise<z.output<typeof me> | undefined> {
  try {
    return read(me, await rest.call("GET", "/me"));
  } catch (error) {
    if (error instanceof RestFault && error.kind === "unreadable") return undefined;
    throw error;
  }
}

/** Whether a registry of another kind lets the caller in. Throws `CopyFault`. */
async function checkOnWire(
  url: URL,
  credential: RestCredential,
  ca: string | undefined,
): Promise<string> {
  if (credential.kind === "token") {
    throw misuse("whose token is it? Give --user too", "缺少用户名：请同时给出 --user");
  }
  const trust = { ca };
  const address = parseAddress(url.href, trust);
  const shown = { username: credential.name, password: credential.password.reveal() };
  const authorizer = new Authorizer(address, shown, trust);
  const { caller } = openEnd({ address, repository: "", authorizer, trust });
  try {
    const { status } = await at("target", () => caller.ping());
    if (status !== 200) throw refusal("target", status, "logging in");
  } finally {
    caller.close();
  }
  return credential.name;
}

/** A token of its own for this machine, so that no password lies about; undefined where none is given. */
async function tokenFor(rest: RestClient, expires: string | undefined) {
  const body = { name: loginTokenName(), expiresAt: momentAfter(expires, Date.now()) };
  try {
    const made = await rest.call("POST", "/me/tokens", { body });
    return read(token.extend({ secret: z.string() }), made);
  } catch (error) {
    if (error instanceof RestProblem && expires === undefined) return undefined;
    throw error;
  }
}

/** Ends the tokens of this machine's earlier logins, but for the present one. */
export async function endLoginTokens(rest: RestClient, but: string | undefined): Promise<number> {
  const name = loginTokenName();
  const old: string[] = [];
  for await (const item of rest.list("/me/tokens")) {
    const found = read(token, item);
    if (found.name === name && found.id !== but) old.push(found.id);
  }
  for (const id of old) await rest.call("DELETE", path`/me/tokens/${id}`);
  return old.length;
}

const TOLD: Readonly<Record<"token" | "secret", Words>> = {
  token: {
    en: "{host} knows {name}. A token made for this machine is kept in {where}; your password is not.",
    zh: "已以 {name} 登录 {host}。为本机创建的令牌保存在 {where}，密码未保存。",
  },
  secret: {
    en: "{host} knows {name}. What you gave is kept in {where}.",
    zh: "已以 {name} 登录 {host}。所给凭据保存在 {where}。",
  },
};

/** Hangs in `entrepot login`. */
export function addLogin(program: Command, context: RemoteContext): void {
  const { env, language, streams } = context;
  addAction<Flags>(
    program,
    context,
    {
      usage: "login [server]",
      words: {
        en: "check a name and password (or token), and keep the login where docker keeps it",
        zh: "验证用户名与密码（或令牌），并按 docker 的方式保存登录",
      },
      example: [
        "entrepot login registry.example.com",
        "echo $TOKEN | entrepot login registry.example.com --user ci --password-stdin",
      ],
      options: OPTIONS,
      async run([server], flags) {
        const inputs = new Inputs(streams);
        const url = loginServer(server, flags, context);
        const credential = await credentialFor(flags, context, inputs);
        const rest = await clientOf(url, credential, flags.caFile, { inputs, context });
        const who = await whoAt(rest);
        const ca = flags.caFile === undefined ? undefined : await inputs.text(flags.caFile);
        const name = who?.name ?? (await checkOnWire(url, credential, ca));
        const wantsToken = who?.via === "password" && who.kind === "user";
        const made =
          wantsToken && flags.keepPassword !== true
            ? await tokenFor(rest, flags.expires)
            : undefined;
        const own = credential.kind === "token" ? credential.secret : credential.password;
        const password = made === undefined ? own : new Secret(made.secret);
        const where = await keepLogin(env, url.host, { name, password });
        if (made !== undefined) await endLoginTokens(rest, made.id);
        const values = { host: url.host, name: printable(name), where: printable(where) };
        const words = fillWords(TOLD[made === undefined ? "secret" : "token"], values);
        await streams.note(`${words[language]}\n`);
      },
    },
    [{ heading: "connection", options: CONNECTION }],
  );
}
