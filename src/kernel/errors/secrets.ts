import { entries } from "./failure.ts";

/** Secrets that are kept encrypted, and the keys that do it. */
export const secretsErrors = entries({
  "secrets.unreadable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "a stored secret cannot be decrypted: it was sealed with the key {key}, which this server does not have",
    zh: "无法解密已存储的机密：它由密钥 {key} 加密，而本服务器没有该密钥",
    helpEn:
      "Administrators: put the key it was sealed with into `secrets.key` or `secrets.previous_keys`. Every node needs the same keys.",
    helpZh:
      "管理员：请将当时使用的密钥写入 `secrets.key` 或 `secrets.previous_keys`。所有节点必须使用相同的密钥。",
    retryAfter: 60,
  },
});
