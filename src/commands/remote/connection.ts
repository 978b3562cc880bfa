import { readFile } from "node:fs/promises";
import { LoginsFault } from "../../client/logins/fault.ts";
import { findLogin, type Login } from "../../client/logins/logins.ts";
import { RestClient, type RestCredential } from "../../client/rest.ts";
import type { Environment } from "../../config/env-source.ts";
import { Secret } from "../../kernel/secret.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import { printable } from "./printable.ts";
import { given, isLoopback, serverFor } from "./server.ts";
import type { Streams } from "./streams.ts";

export interface RemoteContext {
  readonly env: Environment;
  readonly language: "en" | "zh";
  readonly streams: Streams;
}

/** The options that say which server is asked, and as whom. */
export interface ConnectionFlags {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly caFile?: string;
}

/** Reads files and standard input for one command. */
export class Inputs {
  readonly #streams: Streams;
  #wasRead = false;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** What a file holds, or standard input for `-`. Throws `Complaint`. */
  async text(path: string, most?: number): Promise<string> {
    if (path === "-") {
      if (this.#wasRead) {
        throw misuse("standard input can be read only once", "标准输入只能读取一次");
      }
      this.#wasRead = true;
    }
    try {
      return path === "-" ? await this.#streams.input(most) : await readFile(path, "utf8");
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const words = { en: `cannot read ${path}: ${why}`, zh: `无法读取 ${path}：${why}` };
      throw new Complaint(EXIT.usage, words, error);
    }
  }

  /** A secret: one line, without its end. */
  async secret(path: string): Promise<Secret> {
    const text = (await this.text(path)).replace(/\r?\n$/, "");
    if (text === "" || /[\r\n]/.test(text)) {
      const [en, zh] = path === "-" ? ["standard input", "标准输入"] : [path, path];
      throw misuse(`${en} must hold one line with the secret`, `${zh} 须仅含一行机密`);
    }
    return new Secret(text);
  }
}

/** The flags come before the environment, a token before a name; nothing is nobody. */
export async function credentialOf(
  flags: ConnectionFlags,
  env: Environment,
  inputs: Inputs,
): Promise<RestCredential | undefined> {
  const { tokenFile, user, passwordStdin = false } = flags;
  if (tokenFile !== undefined) {
    if (user !== undefined || passwordStdin) {
      throw misuse(
        "give either --token-file or --user with a password",
        "--token-file 与 --user 及密码只能二选一",
      );
    }
    return { kind: "token", secret: await inputs.secret(tokenFile) };
  }
  const token = given(env, "ENTREPOT_TOKEN");
  if (user === undefined && !passwordStdin && token !== undefined) {
    return { kind: "token", secret: new Secret(token) };
  }
  const name = user ?? given(env, "ENTREPOT_USER");
  const password = given(env, "ENTREPOT_PASSWORD");
  if (name === undefined) {
    if (!passwordStdin && password === undefined) return undefined;
    throw misuse(
      "whose password is it? Give --user or ENTREPOT_USER",
      "缺少用户名：请给出 --user 或 ENTREPOT_USER",
    );
  }
  if (name.includes(":")) throw misuse("a name holds no colon", "用户名不能含冒号");
  if (passwordStdin) return { kind: "basic", name, password: await inputs.secret("-") };
  if (password === undefined) {
    throw misuse(
      `give the password of ${name} by --password-stdin or ENTREPOT_PASSWORD`,
      `请通过 --password-stdin 或 ENTREPOT_PASSWORD 给出 ${name} 的密码`,
    );
  }
  return { kind: "basic", name, password: new Secret(password) };
}

/** What docker keeps for that server; a store that does not work is told of and counts as empty. */
async function storedCredential(
  url: URL,
  { env, language, streams }: RemoteContext,
): Promise<RestCredential | undefined> {
  let login: Login | undefined;
  try {
    login = await findLogin(env, url.host);
  } catch (error) {
    if (!(error instanceof LoginsFault)) throw error;
    const why = `${error.at}: ${error.message}`;
    const words = {
      en: `warning: no login is read from ${why}`,
      zh: `警告：无法读取登录信息：${why}`,
    };
    await streams.note(`${printable(words[language])}\n`);
    return undefined;
  }
  if (login === undefined) return undefined;
  if (login.kind === "password") {
    return { kind: "basic", name: login.name, password: login.password };
  }
  const why = {
    identity: { en: "counts for pulling and pushing alone", zh: "仅可用于拉取与推送" },
    damaged: { en: "cannot be read", zh: "无法读取" },
  }[login.kind];
  const words = {
    en: `note: what docker keeps for ${url.host} ${why.en}; log in by: entrepot login ${url.host}`,
    zh: `注意：docker 为 ${url.host} 保存的凭据${why.zh}；请登录：entrepot login ${url.host}`,
  };
  await streams.note(`${words[language]}\n`);
  return undefined;
}

export interface Connection {
  readonly rest: RestClient;
  /** As whom it is asked; undefined for nobody. */
  readonly credential: RestCredential | undefined;
  readonly url: URL;
  readonly inputs: Inputs;
}

/** A client of that server, for somebody or for nobody. */
export async function clientOf(
  url: URL,
  credential: RestCredential | undefined,
  caFile: string | undefined,
  { inputs, context }: { readonly inputs: Inputs; readonly context: RemoteContext },
): Promise<RestClient> {
  const { language, streams } = context;
  if (credential !== undefined && url.protocol === "http:" && !isLoopback(url)) {
    const warning = {
      en: `warning: the credential goes to ${url.host} unencrypted\n`,
      zh: `警告：凭据将以明文发送到 ${url.host}\n`,
    };
    await streams.note(warning[language]);
  }
  const ca = caFile === undefined ? undefined : await inputs.text(caFile);
  return new RestClient({ url, credential, ca, language });
}

export interface ConnectionWays {
  /** The servers that names begin with. */
  readonly named?: readonly (string | undefined)[];
  /** Only a credential that was given counts, none that is kept. */
  readonly isGiven?: boolean;
}

/**
 * The way to the server that the names, the flags or the environment say, as whoever flags and
 * environment or docker's store say. Nothing is sent yet. Throws `Complaint`.
 */
export async function connect(
  flags: ConnectionFlags,
  context: RemoteContext,
  { named = [], isGiven = false }: ConnectionWays = {},
): Promise<Connection> {
  const { env, streams } = context;
  const inputs = new Inputs(streams);
  const url = serverFor(flags.server, env, named);
  let credential = await credentialOf(flags, env, inputs);
  if (!isGiven) credential ??= await storedCredential(url, context);
  const rest = await clientOf(url, credential, flags.caFile, { inputs, context });
  return { rest, credential, url, inputs };
}
