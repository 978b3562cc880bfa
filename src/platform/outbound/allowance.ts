import {
  isInside,
  isLoopback,
  isMetadata,
  isPublic,
  type Network,
  parseAddress,
  parseNetwork,
} from "./networks.ts";
import type { Purpose } from "./port.ts";
import { purposes } from "./port.ts";

/** Which calls the operator permits besides those to the public internet. */
interface Opening {
  /** Undefined: for every purpose. */
  readonly purpose: Purpose | undefined;
  readonly to:
    | { readonly kind: "network"; readonly network: Network }
    | { readonly kind: "host"; readonly name: string }
    | { readonly kind: "suffix"; readonly suffix: string };
}

const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62})){0,63}$/;

/**
 * Reads one entry of `outbound.allow`: a network (`10.0.0.0/8`), an address, a host name
 * (`git.corp.example`) or all names below one (`*.corp.example`); `workload=` before it keeps it
 * to one purpose. `undefined` when it is none of these.
 */
export function parseOpening(text: string): Opening | undefined {
  const equals = text.indexOf("=");
  const purpose =
    equals < 0 ? undefined : purposes.find((known) => known === text.slice(0, equals));
  if (equals >= 0 && purpose === undefined) return undefined;
  const target = text.slice(equals + 1).toLowerCase();
  const network = parseNetwork(target);
  if (network !== undefined) return { purpose, to: { kind: "network", network } };
  const isSuffix = target.startsWith("*.");
  const name = isSuffix ? target.slice(2) : target;
  // Digits at the end make an address (URL standard), and this is none that could be read.
  if (!HOST.test(name) || /(?:^|\.)\d+$/.test(name)) return undefined;
  return {
    purpose,
    to: isSuffix ? { kind: "suffix", suffix: `.${name}` } : { kind: "host", name },
  };
}

/** Whether `text` can stand in `outbound.allow`. */
export function isOpening(text: string): boolean {
  return parseOpening(text) !== undefined;
}

/** Who is called, and on whose word. */
export interface Call {
  /** The host of the URL, in lower case, without the brackets or the last dot. */
  readonly host: string;
  readonly purpose: Purpose;
  /** The operator configured this very URL, so it may lead inside. */
  readonly internalAllowed: boolean;
}

export interface Verdict {
  /** The address to connect to, in its one plain form. */
  readonly address: string;
  /** True when only the operator's word permits it: it is inside. */
  readonly opened: boolean;
}

export interface Allowance {
  /** Judges one address of a name; `undefined` when it may not be called. */
  judge(address: string, call: Call): Verdict | undefined;
  /** Whether that host may be spoken to without TLS, given the addresses that it has. */
  mayBePlain(addresses: readonly string[], call: Call): boolean;
}

/** Makes the policy of the operator's list. Throws a TypeError for an entry that cannot be read. */
export function allowance(entries: readonly string[]): Allowance {
  const openings = entries.map((entry) => {
    const opening = parseOpening(entry);
    if (opening === undefined) throw new TypeError(`not a network or host name: ${entry}`);
    return opening;
  });

  function isListed(address: NonNullable<ReturnType<typeof parseAddress>>, call: Call): boolean {
    const metadata = isMetadata(address);
    return openings.some(({ purpose, to }) => {
      if (purpose !== undefined && purpose !== call.purpose) return false;
      if (to.kind === "network") {
        const isAlone = to.network[1] === (to.network[0].kind() === "ipv4" ? 32 : 128);
        return isInside(address, to.network) && (!metadata || isAlone);
      }
      if (metadata) return false;
      return to.kind === "host" ? call.host === to.name : call.host.endsWith(to.suffix);
    });
  }

  return {
    judge(text, call) {
      const address = parseAddress(text);
      if (address === undefined) return undefined;
      const opened = isListed(address, call) || (call.internalAllowed && !isMetadata(address));
      if (!opened && !isPublic(address)) return undefined;
      return { address: address.toString(), opened: !isPublic(address) };
    },
    mayBePlain(addresses, call) {
      return addresses.every((text) => {
        const address = parseAddress(text);
        if (address === undefined) return false;
        return isListed(address, call) || (call.internalAllowed && isLoopback(address));
      });
    },
  };
}
