import { readFile } from "node:fs/promises";
import { RestClient, type RestCredential } from "../../client/rest.ts";
import type { Environment } from "../../config/env-source.ts";
import { Secret } from "../../kernel/secret.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
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

const USUAL_SERVER = "http://127.0.0.1:5000";
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Reads files and standard input for one command. */
export class Inputs {
  readonly #streams: Streams;
  #wasRead = false;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** What a file holds, or standard input for `-`. Throws `Complaint`. */
  async text(path: string): Promise<string> {
    if (path === "-") {
      if (this.#wasRead) {
        throw misuse("standard input can be read only once", "标准输入只能读取一次");
      }
      this.#wasRead = true;
    }
    try {
      return path === "-" ? await this.#streams.input() : await readFile(path, "utf8");
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

/** Reads an environment variable; an empty one counts as none. */
function given(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** The flags come before the environment, a token before a name; nothing is nobody. */
async function credentialOf(
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

function serverUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw misuse(
      `${text} is no address: write http://host:port or https://host`,
      `${text} 不是地址：请写成 http://host:port 或 https://host`,
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    // Not repeated: it may hold a password.
    throw misuse(
      "the address of the server has no user, password or query in it",
      "服务地址中不能含用户名、密码或查询参数",
    );
  }
  return url;
}

export interface Connection {
  readonly rest: RestClient;
  /** As whom it is asked; undefined for nobody. */
  readonly credential: RestCredential | undefined;
  readonly url: URL;
  readonly inputs: Inputs;
}

/** The way to the server that flags and environment name. Nothing is sent yet. Throws `Complaint`. */
export async function connect(
  flags: ConnectionFlags,
  { env, language, streams }: RemoteContext,
): Promise<Connection> {
  const inputs = new Inputs(streams);
  const url = serverUrl(flags.server ?? given(env, "ENTREPOT_SERVER") ?? USUAL_SERVER);
  const credential = await credentialOf(flags, env, inputs);
  if (credential !== undefined && url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    const warning = {
      en: `warning: the credential goes to ${url.host} unencrypted\n`,
      zh: `警告：凭据将以明文发送到 ${url.host}\n`,
    };
    await streams.note(warning[language]);
  }
  const ca = flags.caFile === undefined ? undefined : await inputs.text(flags.caFile);
  return { rest: new RestClient({ url, credential, ca, language }), credential, url, inputs };
}
