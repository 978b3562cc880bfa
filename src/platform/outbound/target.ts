import { isIP } from "node:net";
import { OutboundFault } from "./fault.ts";

/** A URL taken apart for calling it. */
export interface Target {
  readonly url: URL;
  readonly secure: boolean;
  /** Lower case, without the brackets of IPv6 and without the last dot. */
  readonly host: string;
  /** Whether `host` is an address and no name. */
  readonly isAddress: boolean;
  readonly port: number;
}

const LONGEST = 2_048;
const NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62})){0,126}$/;
/** Scheme and authority as a careful person writes them: nothing that the URL parser has to mend. */
const PLAIN = /^https?:\/\/[^\s\p{Cc}/\\?#@%]+(?:[/?][^\s\p{Cc}\\]*)?$/iu;

/**
 * Reads a URL that a user named. Throws an `OutboundFault` ("url") unless it is http or https with a
 * host, without user name, password or fragment. Numbers in any base become the address they mean.
 */
export function parseTarget(text: string): Target {
  if (text.length > LONGEST || !PLAIN.test(text) || text.includes("#")) {
    throw new OutboundFault("url", "not a plain http or https URL");
  }
  return targetOf(text);
}

/** Where a redirect leads. Its fragment is for browsers and falls away (RFC 9110, section 10.2.2). */
export function redirected(from: Target, location: string): Target {
  if (location.length > LONGEST) throw new OutboundFault("redirect", "the redirect is too long");
  const target = targetOf(location, from.url);
  target.url.hash = "";
  return target;
}

function targetOf(text: string, base?: URL): Target {
  if (!URL.canParse(text, base?.href)) throw new OutboundFault("url", "not a URL");
  const url = new URL(text, base);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new OutboundFault("url", `the scheme ${url.protocol} is not spoken`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundFault("url", "the URL holds credentials");
  }
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const isAddress = isIP(host) !== 0;
  if (!isAddress && !NAME.test(host)) throw new OutboundFault("url", "not a host name");
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (port === 0) throw new OutboundFault("url", "port 0 is no port");
  return { url, secure, host, isAddress, port };
}
