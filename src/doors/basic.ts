import { failure } from "../kernel/errors/catalogue.ts";

export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

/**
 * Reads an `Authorization` header of the Basic scheme (RFC 7617); undefined where it names nobody.
 * Throws `access.bad_credentials` for any other scheme and for what does not decode.
 */
export function basicCredentials(header: string): BasicCredentials | undefined {
  if (!/^basic /i.test(header)) throw failure("access.bad_credentials");
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
