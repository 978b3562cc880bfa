import { HOUR } from "../kernel/clock.ts";
import { isLoopback, parseListenAddress } from "./addresses.ts";
import type { Words } from "./kinds.ts";
import type { Config } from "./schema.ts";

/** A setting that works but is not safe. The code is stable; the words are for people. */
export interface ConfigWarning extends Words {
  readonly code: string;
  readonly key: string;
}

function reachesOut(address: string): boolean {
  const parsed = parseListenAddress(address);
  return parsed !== undefined && !isLoopback(parsed);
}

function isEverywhere(address: string): boolean {
  const parsed = parseListenAddress(address);
  return parsed?.kind === "tcp" && (parsed.host === "0.0.0.0" || parsed.host === "::");
}

/** The settings that are insecure, by name, for the log of each start and for `config check`. */
export function configWarnings(
  config: Config,
  origins: ReadonlyMap<string, string> = new Map(),
): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  const warn = (code: string, key: string, en: string, zh: string) => {
    warnings.push({ code, key, en, zh });
  };
  const { server, auth, reclaim } = config;
  const isOpen = server.listen.some(reachesOut);

  if (auth.insecureNoAuth && isOpen) {
    warn(
      "no_auth_on_network",
      "auth.insecure_no_auth",
      "ANYONE who reaches this server over the network may read, change and delete everything",
      "任何能通过网络访问本服务器的人都可读取、修改和删除一切",
    );
  } else if (auth.insecureNoAuth) {
    warn(
      "no_auth",
      "auth.insecure_no_auth",
      "anyone on this machine may read, change and delete everything",
      "本机上的任何人都可读取、修改和删除一切",
    );
  }
  if (isOpen && server.tls.certFile === "" && server.trustedProxies.length === 0) {
    warn(
      "plain_http",
      "server.tls.cert_file",
      "passwords and content travel unencrypted; give a certificate, or put a TLS proxy in front and name it in `server.trusted_proxies`",
      "密码与内容以明文传输；请配置证书，或在前面放置 TLS 代理并写入 `server.trusted_proxies`",
    );
  }
  if (server.trustedProxies.some((network) => /\/0+$/.test(network))) {
    warn(
      "trusts_everyone",
      "server.trusted_proxies",
      "every client may claim any address, because all networks are trusted",
      "所有网络均被信任，任何客户端都可伪造来源地址",
    );
  }
  if (server.metricsListen !== "" && reachesOut(server.metricsListen)) {
    warn(
      "open_metrics",
      "server.metrics_listen",
      "metrics are served beyond this machine without authentication",
      "指标在无身份验证的情况下对本机之外开放",
    );
  }
  if (config.database !== undefined && config.secrets.key === undefined) {
    warn(
      "key_in_data_folder",
      "secrets.key",
      "the key that seals secrets is in this node's data folder alone; other nodes of the database need the same one, and so does whoever restores its backup",
      "加密机密的密钥仅存于本节点的数据目录；使用同一数据库的其他节点以及恢复备份时都需要它",
    );
  }
  if (!auth.insecureNoAuth && server.publicUrl === "" && server.listen.some(isEverywhere)) {
    warn(
      "no_public_url",
      "server.public_url",
      "clients that come by a name that this machine does not know are asked for a password in place of a token, and cannot pull without a login or sign in by single sign-on",
      "以本机未知的名称访问的客户端只能使用密码而非令牌，无法匿名拉取，也无法单点登录",
    );
  }
  for (const key of ["admin.password", "database", "secrets.key", "secrets.previous_keys"]) {
    const origin = origins.get(key) ?? "";
    if (origin.startsWith("--")) {
      warn(
        "secret_on_command_line",
        key,
        `given by ${origin}, where every user of the machine can read it; use \`${key}_file\` or the environment`,
        `由 ${origin} 给出，本机所有用户都能看到；请改用 \`${key}_file\` 或环境变量`,
      );
    }
  }
  if (reclaim.grace < HOUR) {
    warn(
      "short_grace",
      "reclaim.grace",
      "clients that pause for longer than this in the middle of a push may have to push again",
      "若客户端在推送途中停顿超过此时长，可能需要重新推送",
    );
  }
  return warnings;
}
