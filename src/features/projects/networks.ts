import ipaddr from "ipaddr.js";
import { failure } from "../../kernel/errors/catalogue.ts";
import { excerpt } from "../../oci/excerpt.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface Network {
  readonly base: Address;
  readonly bits: number;
}

/** How many networks a list has at most: each is compared with. */
export const MOST_NETWORKS = 100;

/** Of an address in full; what is longer is not looked at, whoever wrote it. */
const LONGEST = 45;

/** Addresses are told in full: `127.1` and `0x7f000001` are refused. */
function addressOf(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  // An IPv4 client of a double-stack socket is the IPv4 client.
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function networkOf(text: string): Network | undefined {
  const slash = text.indexOf("/");
  const base = addressOf(slash < 0 ? text : text.slice(0, slash));
  if (base === undefined) return undefined;
  const widest = base.kind() === "ipv4" ? 32 : 128;
  if (slash < 0) return { base, bits: widest };
  const prefix = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > widest) return undefined;
  const bits = Number(prefix);
  return hasHostBits(base, bits) ? undefined : { base, bits };
}

/** `10.1.2.3/8` is more likely a slip of the pen than `10.0.0.0/8`. */
function hasHostBits(base: Address, bits: number): boolean {
  return base
    .toByteArray()
    .some((byte, at) => (byte & (0xff >> Math.min(8, Math.max(0, bits - at * 8)))) !== 0);
}

function contains({ base, bits }: Network, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base, bits);
}

/** Whether `text` is an address or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined;
}

/** Whether `address` is in `network`; false when either is none. */
export function inNetwork(address: string, network: string): boolean {
  const where = networkOf(network);
  const who = addressOf(address);
  return where !== undefined && who !== undefined && contains(where, who);
}

/** Checks a list of networks that a person wrote; throws `network.invalid`. */
export function parseNetworks(texts: readonly string[]): readonly string[] {
  if (texts.length > MOST_NETWORKS) {
    throw failure("network.invalid", { network: `#${texts.length}`, limit: MOST_NETWORKS });
  }
  for (const text of texts) {
    if (!isNetwork(text)) {
      throw failure("network.invalid", { network: excerpt(text), limit: MOST_NETWORKS });
    }
  }
  return [...new Set(texts)];
}

/**
 * Makes a list ready for many addresses. What is no network contains nothing, so that a damaged
 * list never lets more in.
 */
export function compileNetworks(texts: readonly string[]): (address: string) => boolean {
  const networks = texts.map(networkOf).filter((network) => network !== undefined);
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && networks.some((network) => contains(network, address));
  };
}
