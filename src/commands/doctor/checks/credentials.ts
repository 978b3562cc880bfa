import { loginFiles } from "../../../client/logins/docker-file.ts";
import { LoginsFault } from "../../../client/logins/fault.ts";
import { type Login as Kept, loginIn } from "../../../client/logins/logins.ts";
import type { Environment } from "../../../config/env-source.ts";
import { claimsToBeSecret, kindOfSecret } from "../../../features/identity/tokens/secret-text.ts";
import { printable } from "../../remote/printable.ts";
import { ask, jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, note, warning } from "../finding.ts";
import type { Login, Patient } from "../patient.ts";
import { isLoopback } from "../target.ts";
import type { Reply } from "../wire.ts";

const LOGIN_AGAIN = {
  en: "Log in again: `docker login HOST`, with the password on standard input in scripts (`--password-stdin`).",
  zh: "请重新登录：`docker login 主机`；脚本中用 `--password-stdin` 传递密码。",
};

/** Nobody waits for a helper that waits for somebody. */
const HELPER_DEADLINE = 10_000;

/** What the clients of this machine would log in with; the first of their files that knows. */
async function storedLogin(env: Environment, place: string): Promise<Kept | undefined> {
  for (const file of loginFiles(env)) {
    const found = await loginIn(file, place, { env, deadline: HELPER_DEADLINE });
    if (found !== undefined) return found;
  }
  return undefined;
}

function brokenFile(path: string, reason: string): Finding {
  const file = printable(path);
  const why = printable(reason);
  const words = { en: `${file} cannot be read (${why})`, zh: `无法读取 ${file}（${why}）` };
  return broken("credentials.file", words, LOGIN_AGAIN);
}

function brokenHelper(program: string, reason: string): Finding {
  const helper = printable(program);
  const why = printable(reason);
  return broken(
    "credentials.helper",
    {
      en: `the credential helper ${helper} fails: ${why}`,
      zh: `凭据助手 ${helper} 出错：${why}`,
    },
    {
      en: `Install ${helper} on the PATH of whoever runs the client, unlock its store, or take credsStore / credHelpers out of config.json and log in again.`,
      zh: `请将 ${helper} 安装到运行客户端的用户的 PATH 中，解锁其存储，或从 config.json 删除 credsStore / credHelpers 后重新登录。`,
    },
  );
}

/** Whom the clients, or whoever asks, would log in as. */
async function loginOf(patient: Patient): Promise<Login | Finding> {
  const { credential, learned, env } = patient;
  if (credential?.kind === "basic") {
    const { name, password } = credential;
    return { name, password: password.reveal(), origin: "--user, ENTREPOT_USER" };
  }
  if (credential?.kind === "token") {
    // A token alone is of use to REST; whose it is the server says.
    return {
      name: "",
      password: credential.secret.reveal(),
      origin: "--token-file, ENTREPOT_TOKEN",
    };
  }
  const place = learned.way?.place ?? "";
  let stored: Kept | undefined;
  try {
    stored = await storedLogin(env, place);
  } catch (error) {
    if (!(error instanceof LoginsFault)) throw error;
    return (error.kind === "helper" ? brokenHelper : brokenFile)(error.at, error.message);
  }
  if (stored?.kind === "password") {
    const { name, password, origin } = stored;
    return { name, password: password.reveal(), origin };
  }
  if (stored?.kind === "damaged") return brokenFile(stored.origin, "auth");
  if (stored?.kind === "identity") {
    return note("credentials.identity_token", {
      en: `${printable(stored.origin)} holds an identity token, which only that client can try`,
      zh: `${printable(stored.origin)} 中是身份令牌，只有该客户端可以试用`,
    });
  }
  return note(
    "credentials.none",
    {
      en: `nobody is logged in to ${place} here; what follows is seen as a stranger sees it`,
      zh: `此处未登录 ${place}；以下结果为匿名访问者所见`,
    },
    { en: `Log in: docker login ${place}`, zh: `请登录：docker login ${place}` },
  );
}

/** When a JWT says that it ends; undefined for what is none. */
function endOfJwt(text: string): number | undefined {
  const [, payload = "", signature] = text.split(".");
  if (signature === undefined) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as {
      exp?: unknown;
    };
    return typeof exp === "number" ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

/** The server says the same to every wrong login; the secret itself tells more. */
function refused({ name, password, origin }: Login): Finding {
  const who = printable(name === "" ? origin : `${name} (${origin})`);
  const end = endOfJwt(password);
  const isKind = kindOfSecret(password) !== undefined;
  if (isKind || (end !== undefined && end <= Date.now())) {
    return broken(
      "credentials.ended",
      {
        en: `the secret of ${who} is a real one, but is not accepted any more: it has expired, was revoked or replaced, its account is disabled, or it may not be used from here`,
        zh: `${who} 的机密格式有效，但已不再被接受：已过期、被吊销或被更换，账户已停用，或不允许在此处使用`,
      },
      {
        en: "A robot's: `entrepot robot show NAME` tells until when its secrets are valid; `entrepot robot rotate NAME` makes a new one.",
        zh: "机器人账户：`entrepot robot show 名称` 可查看机密有效期；`entrepot robot rotate 名称` 可生成新机密。",
      },
      {
        en: "A person's: `entrepot token list`, then `entrepot token create`. The secret may also be of another registry.",
        zh: "个人：先 `entrepot token list`，再 `entrepot token create`。该机密也可能属于其他仓库。",
      },
      {
        en: "Why exactly is in the audit log, for those who may read it: `entrepot audit list --action login --result denied`.",
        zh: "确切原因见审计日志（需相应权限）：`entrepot audit list --action login --result denied`。",
      },
    );
  }
  if (claimsToBeSecret(password)) {
    return broken(
      "credentials.mistyped",
      {
        en: `the secret of ${who} is damaged: its checksum is not right`,
        zh: `${who} 的机密已损坏：校验和不正确`,
      },
      {
        en: "Copy it again, whole and without spaces or line breaks around it.",
        zh: "请重新完整复制，前后不要带空格或换行。",
      },
    );
  }
  return broken(
    "credentials.wrong",
    { en: `the name or the password of ${who} is not right`, zh: `${who} 的用户名或密码不正确` },
    LOGIN_AGAIN,
    {
      en: "Accounts of a login provider, and those with a second factor, log in with a token in the place of the password: `entrepot token create`.",
      zh: "来自登录提供方或启用第二验证因素的账户，须用令牌代替密码登录：`entrepot token create`。",
    },
  );
}

function proofOf({ name, password }: Login): string {
  if (name === "") return `Bearer ${password}`;
  return `Basic ${Buffer.from(`${name}:${password}`, "utf8").toString("base64")}`;
}

/** Logs in the way that the registry asks for. */
async function tryOut(patient: Patient, login: Login): Promise<Reply | undefined> {
  const { wanted } = patient.learned;
  const headers = { authorization: proofOf(login) };
  if (login.name === "")
    return await ask(patient, { method: "GET", target: "/api/v1/me", headers });
  if (wanted.kind !== "bearer")
    return await ask(patient, { method: "GET", target: "/v2/", headers });
  const { realm, service } = wanted;
  const query = new URLSearchParams(realm.search);
  if (service !== undefined) query.set("service", service);
  query.set("account", login.name);
  return await ask(patient, { method: "GET", target: `${realm.pathname}?${query}`, headers });
}

/** Whether a password would go to where the registry itself is. */
function isOwnRealm({ learned: { wanted, way } }: Patient): boolean {
  if (wanted.kind !== "bearer" || way === undefined) return true;
  const own = `${way.tls === undefined ? "http" : "https"}://${way.place}`;
  return URL.canParse(own) && new URL(own).origin === wanted.realm.origin;
}

/** Who is logged in here, and does it count? */
export const credentials: Check<Patient> = {
  id: "credentials",
  title: { en: "credentials", zh: "凭据" },
  needs: ["ping", "realm"],
  async run(patient) {
    const { learned } = patient;
    const login = await loginOf(patient);
    if ("code" in login) return [login];
    if (!isOwnRealm(patient)) {
      return [
        note("credentials.not_sent", {
          en: "not tried: the password would go to another place than the registry",
          zh: "未尝试：密码会发往仓库以外的地方",
        }),
      ];
    }
    const isOpen = learned.way?.tls === undefined && !isLoopback(patient.target.host);
    if (isOpen && patient.credential === undefined) {
      return [
        note("credentials.not_sent", {
          en: "not tried: the stored password would go out unencrypted; give it by --user if that is meant",
          zh: "未尝试：已存密码会以明文发送；确需如此请用 --user 给出",
        }),
      ];
    }
    const reply = await tryOut(patient, login);
    if (reply?.status === 401) return [refused(login)];
    if (reply?.status === 429) {
      const after = printable(reply.header("retry-after") ?? "?");
      const words = {
        en: `too many wrong logins from here or for this name; again in ${after} s`,
        zh: `来自此处或该用户名的错误登录过多；${after} 秒后再试`,
      };
      return [
        broken("credentials.throttled", words, {
          en: "Stop whatever keeps trying with an old password (a pipeline, a cluster's pull secret), then wait.",
          zh: "请停止仍在使用旧密码重试的程序（流水线、集群的拉取密钥），然后等待。",
        }),
      ];
    }
    if (reply === undefined || reply.status >= 300) {
      const status = String(reply?.status ?? "-");
      const words = {
        en: `the login was not answered (${status})`,
        zh: `登录未得到应答（${status}）`,
      };
      return [warning("credentials.unknown", words)];
    }
    learned.login = login;
    learned.proof = proofOf(login);
    const me = login.name === "" ? jsonOf(reply) : undefined;
    const named =
      typeof me === "object" && me !== null && "name" in me ? String(me.name) : login.name;
    const who = printable(named);
    const origin = printable(login.origin);
    return [fine("credentials.fine", { en: `${who} (${origin})`, zh: `${who}（${origin}）` })];
  },
};
