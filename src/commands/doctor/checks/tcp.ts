import { connect, isIP } from "node:net";
import { broken, type Check, type Finding, fine, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { placeOf } from "../target.ts";
import { reasonOf, Silence } from "../wire.ts";

const DEADLINE = 5_000;

/** The ports that are tried: without a scheme and a port, those of https and of http. */
export function portsOf({ target: { port, scheme } }: Patient): readonly number[] {
  if (port !== undefined) return [port];
  if (scheme === "http") return [80];
  return scheme === "https" ? [443] : [443, 80];
}

/** Undefined once connected, else why not. */
function reach(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (why?: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why);
    };
    const timer = setTimeout(() => end(reasonOf(new Silence())), DEADLINE);
    socket.once("connect", () => end());
    socket.once("error", (error) => end(reasonOf(error)));
  });
}

const ADVICE = {
  refused: {
    en: "Nothing listens there: see that the server runs (`entrepot health` on its machine), on this port, and not on 127.0.0.1 alone (`server.listen`).",
    zh: "该处无人监听：请确认服务正在运行（在其机器上执行 `entrepot health`）、端口正确，且不是只监听 127.0.0.1（`server.listen`）。",
  },
  silent: {
    en: "A firewall, a security group or a missing route swallows the packets: open the port between the two machines.",
    zh: "防火墙、安全组或缺失的路由丢弃了数据包：请开放两台机器之间的端口。",
  },
} as const;

function unreachable(patient: Patient, failures: ReadonlyMap<string, string>): Finding {
  const reasons = [...failures].map(([place, why]) => `${place} ${why}`).join(", ");
  const isRefused = [...failures.values()].every((why) => /REFUSED/i.test(why));
  const code = isRefused ? "tcp.refused" : "tcp.unreachable";
  const words = { en: `no connection: ${reasons}`, zh: `无法建立连接：${reasons}` };
  const isSix = patient.learned.addresses.every((each) => isIP(each) === 6);
  const six = {
    en: "Only IPv6 was tried, for the name has no other address: see whether the server listens on it, and whether this machine has IPv6 (`ip -6 route`).",
    zh: "该名称没有其他地址，因此只尝试了 IPv6：请确认服务监听 IPv6，且本机具备 IPv6（`ip -6 route`）。",
  };
  const usual = isRefused ? ADVICE.refused : ADVICE.silent;
  return broken(code, words, ...(isSix ? [six, usual] : [usual]));
}

/** From addresses to one that takes connections. */
export const tcp: Check<Patient> = {
  id: "tcp",
  title: { en: "connection", zh: "连接" },
  needs: ["dns"],
  async run(patient) {
    const { learned } = patient;
    const failures = new Map<string, string>();
    const open: { address: string; port: number }[] = [];
    for (const port of portsOf(patient)) {
      for (const address of learned.addresses) {
        const why = await reach(address, port);
        if (why === undefined) open.push({ address, port });
        else failures.set(placeOf(address, port), why);
      }
      if (open.length > 0) break;
    }
    const [first] = open;
    if (first === undefined) return [unreachable(patient, failures)];
    const { host } = patient.target;
    const place = placeOf(host, patient.target.port);
    learned.address = first.address;
    learned.way = { address: first.address, port: first.port, host, place, tls: undefined };
    const dead = [...failures.keys()].filter((each) => each.endsWith(`:${first.port}`));
    if (dead.length > 0) {
      return [
        warning(
          "tcp.some_addresses",
          {
            en: `${dead.join(", ")} of the name's addresses take no connection, others do`,
            zh: `该名称的部分地址无法连接：${dead.join("、")}，其余可用`,
          },
          {
            en: "Clients that try those first wait or fail: take them out of the DNS, or let the server listen there.",
            zh: "先尝试这些地址的客户端会等待或失败：请从 DNS 中删除，或让服务监听这些地址。",
          },
        ),
      ];
    }
    const shown = placeOf(first.address, first.port);
    return [fine("tcp.fine", { en: `${shown} takes connections`, zh: `${shown} 可连接` })];
  },
};
