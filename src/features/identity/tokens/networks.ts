import ipaddr from "ipaddr.js";
import { failure } from "../../../kernel/errors/catalogue.ts";

const MOST = 50;

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv4 that came over IPv6 (`::ffff:…`) is IPv4; `010.0.0.1` and `1` are no addresses. */
function readAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

function readNetwork(text: string): string | undefined {
  const [host = "", bits, more] = text.split("/");
  const address = readAddress(host);
  if (address === undefined || more !== undefined || host.includes("%")) return undefined;
  const most = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return `${address.toString()}/${most}`;
  const count = Number(bits);
  if (!/^\d{1,3}$/.test(bits) || count > most) return undefined;
  // Of an IPv4 address that is written as IPv6 the length would mean something else.
  if (host.includes(":") && most === 32) return undefined;
  const network =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${count}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${count}`);
  return `${network.toString()}/${count}`;
}

/**
 * Reads a list of addresses and networks into networks in one spelling; null and an empty list
 * mean everywhere. Throws `identity.networks_invalid`.
 */
export function parseNetworks(given: unknown): readonly string[] | null {
  if (given === null || given === undefined) return null;
  const refuse = (network: string) =>
    failure("identity.networks_invalid", { network: network.slice(0, 60), limit: MOST });
  if (!Array.isArray(given) || given.length > MOST) throw refuse("…");
  const networks = given.map((each: unknown) => {
    const network = typeof each === "string" && each.length < 64 ? readNetwork(each) : undefined;
    if (network === undefined) throw refuse(String(each));
    return network;
  });
  return networks.length === 0 ? null : [...new Set(networks)];
}

/** Whether an address is in one of the networks; one that is not known (a unix socket's) is not. */
export function inNetworks(address: string | null, networks: readonly string[]): boolean {
  const parsed = address === null ? undefined : readAddress(address);
  if (parsed === undefined) return false;
  return networks.some((text) => {
    const [network, bits] = ipaddr.parseCIDR(text);
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}

/**
 * Where failures are counted: an IPv4 address, or the /64 of an IPv6 one, of which a household has
 * all; `local` for a unix socket.
 */
export function sourceOf(address: string | null): string {
  if (address === null) return "local";
  const parsed = readAddress(address.split("%")[0] ?? "");
  if (parsed === undefined) return "unreadable";
  if (parsed.kind() === "ipv4") return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString();
}
