import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = [Address, number];

/**
 * What is not the public internet: IANA's registries of special-purpose addresses (RFC 6890 and
 * its updates), and those that embed another address or reach a cloud's insides.
 */
const SPECIAL_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map(known);

/** The only part of IPv6 that is given out to the public (RFC 4291, section 2.4). */
const GLOBAL_V6 = known("2000::/3");

const SPECIAL_V6 = [
  // Teredo, benchmarking, ORCHID and the rest of the protocol assignments.
  "2001::/23",
  "2001:db8::/32",
  // 6to4 carries an IPv4 address that a relay would unpack.
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
].map(known);

/** DNS64 answers so for every IPv4 host (RFC 6052): judged by the address inside. */
const NAT64 = known("64:ff9b::/96");

/** Where clouds hand out credentials to whoever asks from inside. */
const METADATA = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "169.254.169.123",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
]);

function known(text: string): Network {
  return ipaddr.parseCIDR(text);
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; `undefined` when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [host = "", bits, ...rest] = text.split("/");
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  const whole = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [address, whole];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= whole ? [address, Number(bits)] : undefined;
}

/**
 * An address as it will be called: one that is IPv4 within IPv6 becomes the IPv4 address that the
 * kernel would call. `undefined` for whatever is not an address, and for one with a zone.
 */
export function parseAddress(text: string): Address | undefined {
  // `isIP` first: ipaddr.js also reads octal, hexadecimal and short forms.
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  return ipaddr.process(text);
}

export function isInside(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Whether the address belongs to a machine out in the public internet. */
export function isPublic(address: Address): boolean {
  if (METADATA.has(address.toString())) return false;
  if (address instanceof ipaddr.IPv4) {
    return !SPECIAL_V4.some((network) => isInside(address, network));
  }
  if (isInside(address, NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)));
  // ISATAP hides an IPv4 address behind this mark (RFC 5214, section 6.1).
  const isIsatap = address.parts[5] === 0x5efe && ((address.parts[4] ?? 0) & 0xfdff) === 0;
  return (
    isInside(address, GLOBAL_V6) &&
    !isIsatap &&
    !SPECIAL_V6.some((network) => isInside(address, network))
  );
}

/** Whether a cloud answers there with credentials: only an operator who names it alone opens it. */
export function isMetadata(address: Address): boolean {
  if (METADATA.has(address.toString())) return true;
  return (
    address instanceof ipaddr.IPv6 &&
    isInside(address, NAT64) &&
    METADATA.has(new ipaddr.IPv4(address.toByteArray().slice(12)).toString())
  );
}

export function isLoopback(address: Address): boolean {
  return address.range() === "loopback";
}
