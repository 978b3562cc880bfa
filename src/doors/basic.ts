import { failure } from "../kernel/errors/catalogue.ts";

export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

/** The schemes that are understood; the name of a scheme is read in any case (RFC 9110 §11.1). */
const BASIC = /^basic /i;
const BEARER = /^bearer /i;

/** `token68` of RFC 9110 §11.2, which RFC 6750 calls `b64token`: no space, comma or quote. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{1,16384}=*$/;

/**
 * Reads an `Authorization` header of the Basic scheme (RFC 7617); undefined where it names nobody.
 * Throws `access.bad_credentials` for any other scheme and for what does not decode.
 */
export function basicCredentials(header: string): BasicCredentials | undefined {
  if (!BASIC.test(header)) throw failure("access.bad_credentials");
  let text: string;
  try {
    const bytes = Uint8Array.from(atob(header.slice(6).trim()), (char) => char.charCodeAt(0));
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw failure("access.bad_credentials", {}, error);
  }
  const colon = text.indexOf(":");
  if (colon < 0) throw failure("access.bad_credentials");
  // Clients without a login send `:`; it means nobody.
  if (text === ":") return undefined;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Reads an `Authorization` header of the Bearer scheme (RFC 6750 §2.1); undefined for any other.
 * Throws `access.bad_credentials` for what cannot be a token.
 */
export function bearerToken(header: string): string | undefined {
  if (!BEARER.test(header)) return undefined;
  const token = header.slice(7).trim();
  if (!TOKEN.test(token)) throw failure("access.bad_credentials");
  return token;
}
