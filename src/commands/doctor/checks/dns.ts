import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { printable } from "../../remote/printable.ts";
import { broken, type Check, fine, note, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { reasonOf } from "../wire.ts";

async function addressesOf({ target, resolved }: Patient): Promise<string[]> {
  const { host } = target;
  const told = resolved.get(host.toLowerCase());
  if (told !== undefined) return [told];
  if (isIP(host) !== 0) return [host];
  // As clients ask: with the machine's own hosts file and order.
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/** From the name to addresses. */
export const dns: Check<Patient> = {
  id: "dns",
  title: { en: "name resolution", zh: "域名解析" },
  needs: [],
  async run(patient) {
    const { host } = patient.target;
    const shown = printable(host);
    let addresses: string[];
    try {
      addresses = await addressesOf(patient);
    } catch (error) {
      const why = reasonOf(error);
      return [
        broken(
          "dns.unknown",
          { en: `${shown} has no address here (${why})`, zh: `此处无法解析 ${shown}（${why}）` },
          {
            en: "Check the spelling; then ask the resolver itself: `getent ahosts NAME`, `resolvectl query NAME`.",
            zh: "请检查拼写，再直接询问解析器：`getent ahosts 名称`、`resolvectl query 名称`。",
          },
          {
            en: "Inside a company's network or a VPN the name may be known to another resolver; a line in /etc/hosts helps for a test.",
            zh: "公司内网或 VPN 中的名称可能只有特定解析器认识；测试时可在 /etc/hosts 中添加一行。",
          },
          {
            en: "Containers and clusters have resolvers of their own: look from where the pull fails.",
            zh: "容器与集群有各自的解析器，请在拉取失败的那一侧检查。",
          },
        ),
      ];
    }
    patient.learned.addresses = addresses;
    const list = addresses.join(", ");
    const told = patient.resolved.has(host.toLowerCase())
      ? [
          note("dns.told", {
            en: `taken as ${list}, as --resolve says`,
            zh: `按 --resolve 使用 ${list}`,
          }),
        ]
      : [];
    // A number that was written by hand is no surprise.
    if (isIP(host) === 0 && addresses.every((each) => isIP(each) === 6)) {
      return [
        ...told,
        warning(
          "dns.ipv6_only",
          {
            en: `${shown} has IPv6 addresses only: ${list}`,
            zh: `${shown} 只有 IPv6 地址：${list}`,
          },
          {
            en: "The server must listen on IPv6: `server.listen: [::]:443`, not 0.0.0.0 or 127.0.0.1; a published port of a container needs IPv6 there, too.",
            zh: "服务须监听 IPv6：`server.listen: [::]:443`，而不是 0.0.0.0 或 127.0.0.1；容器发布的端口同样需要启用 IPv6。",
          },
          {
            en: 'Machines without IPv6, and containers in docker\'s usual networks (`"ipv6": true` in daemon.json is off), cannot reach it: add an A record if such clients are to come.',
            zh: '没有 IPv6 的机器，以及 docker 默认网络（daemon.json 未设置 `"ipv6": true`）中的容器无法访问：若有此类客户端，请增加 A 记录。',
          },
        ),
      ];
    }
    return [...told, fine("dns.fine", { en: `${shown} is ${list}`, zh: `${shown} 为 ${list}` })];
  },
};
