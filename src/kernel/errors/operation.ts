import { entries } from "./failure.ts";

/** What a command at the terminal may have to say. */
export const operationErrors = entries({
  "health.unreachable": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "no server answers at {address}",
    zh: "{address} 上没有服务应答",
    helpEn: "Start it with `entrepot serve`, or give the same --listen or --config that it has.",
    helpZh: "请用 `entrepot serve` 启动，或使用与其一致的 --listen 或 --config。",
  },
  "health.unready": {
    wire: "UNAVAILABLE",
    status: 503,
    en: "the server at {address} is not ready (status {status})",
    zh: "{address} 上的服务尚未就绪（状态 {status}）",
    helpEn: "See its /readyz and its log.",
    helpZh: "请查看其 /readyz 与日志。",
  },
});
