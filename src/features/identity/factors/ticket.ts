import { createHash, randomBytes } from "node:crypto";
import { MINUTE } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";

/** How long a person may take to answer. */
export const TICKET_TTL = 5 * MINUTE;
const LONGEST = 1_024;

/** What a passkey is asked for, and by which session: null before there is one. */
export interface Asking {
  readonly purpose: "register" | "confirm" | "sign-in";
  readonly sessionId: string | null;
}

/** A challenge that came back. */
export interface Redeemed {
  /** Base64url, as the authenticator signed it. */
  readonly challenge: string;
  /** Under what its use is remembered, and until when (milliseconds). */
  readonly mark: string;
  readonly until: number;
}

function place({ purpose, sessionId }: Asking): string {
  return `passkey:${purpose}:${sessionId ?? ""}`;
}

/**
 * A challenge, and the ticket by which the server knows it again. The ticket travels with the
 * browser, so that asking costs no row; it is sealed for one purpose and one session.
 */
export function issueTicket(
  keyring: Keyring,
  asking: Asking,
  now: number,
): { challenge: Uint8Array<ArrayBuffer>; ticket: string } {
  const challenge = new Uint8Array(randomBytes(32));
  const text = Buffer.from(challenge).toString("base64url");
  return { challenge, ticket: keyring.seal(place(asking), `${now + TICKET_TTL}.${text}`) };
}

/** Opens a ticket. Throws `factor.challenge_expired`, also for one of another session or purpose. */
export function redeemTicket(
  keyring: Keyring,
  asking: Asking,
  ticket: string,
  now: number,
): Redeemed {
  if (ticket.length > LONGEST) throw failure("factor.challenge_expired");
  let plain: string;
  try {
    plain = keyring.open(place(asking), ticket);
  } catch (error) {
    throw failure("factor.challenge_expired", {}, error);
  }
  const [until = "", challenge = ""] = plain.split(".");
  if (now >= Number(until)) throw failure("factor.challenge_expired");
  const mark = createHash("sha256").update(challenge).digest("hex");
  return { challenge, mark, until: Number(until) };
}
