import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

/** What is wrong between keys that are each right by themselves. */
export function crossCheck(config: Config, origins: ReadonlyMap<string, string>): Problem[] {
  const problems: Problem[] = [];
  const blame = (key: string, en: string, zh: string) => {
    problems.push({ key, en, zh, origin: origins.get(key) ?? "default" });
  };
  const { listen, tls, http3, metricsListen } = config.server;
  const hasCert = tls.certFile !== "";
  const hasKey = tls.keyFile !== "";
  if (hasCert && !hasKey) {
    blame(
      "server.tls.cert_file",
      "needs `server.tls.key_file` too",
      "还需要 `server.tls.key_file`",
    );
  }
  if (hasKey && !hasCert) {
    blame(
      "server.tls.key_file",
      "needs `server.tls.cert_file` too",
      "还需要 `server.tls.cert_file`",
    );
  }
  if (http3 && !(hasCert && hasKey)) {
    blame(
      "server.http3",
      "needs `server.tls`: HTTP/3 is always encrypted",
      "需要 `server.tls`：HTTP/3 始终加密",
    );
  }
  if (metricsListen !== "" && !metricsListen.endsWith(":0") && listen.includes(metricsListen)) {
    blame(
      "server.metrics_listen",
      "must be another address than those of `server.listen`",
      "必须与 `server.listen` 的地址不同",
    );
  }
  return problems;
}
