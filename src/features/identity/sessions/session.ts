import type { Secret } from "../../../kernel/secret.ts";
import type { Doer } from "../../audit/entry.ts";
import type { Presence } from "../presence.ts";
import type { SessionState } from "./rules.ts";

/** A live session of somebody who may still log in. Times are milliseconds since the epoch. */
export interface Session {
  readonly id: string;
  readonly principalId: string;
  readonly principalName: string;
  /** Where the account is kept: `local`, or the name of a login provider. */
  readonly origin: string;
  readonly generation: number;
  /** The provider that vouched for the login; `passkey` for a sign-in without any other. */
  readonly provider: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly secondFactorAt: number | null;
  readonly confirmedAt: number;
  readonly state: SessionState;
  /** What the actor is made from. Look at `state` first: only an `active` session may act (A37). */
  readonly actor: SessionActorInput;
  /** What the row keeps of the cookie: a rotation replaces exactly this one. */
  readonly verifier: Secret;
}

/** A session with the cookie that was just made for it: the only moment at which it is known. */
export interface Opened {
  readonly cookie: Secret;
  readonly session: Session;
}

/** A session as its owner sees it in a list. */
export interface SessionView {
  readonly id: string;
  readonly provider: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly secondFactor: boolean;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** What `Identity.actor` takes for a session. */
export interface SessionActorInput {
  readonly principalId: string;
  readonly via: "session";
  readonly credentialId: string;
  readonly generation: number;
  readonly address: string | null;
  readonly secondFactor: boolean;
  readonly confirmedAt: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The person behind a session as the audit log names them. */
export function doerOfSession(session: Session, presence: Presence): Doer {
  return {
    id: session.principalId,
    kind: "user",
    name: session.principalName,
    via: "session",
    credentialId: session.id,
    address: presence.address,
    requestId: presence.requestId,
  };
}

/** What these rooms need of `Revision`. */
export interface RevisionPort {
  changed(): Promise<void>;
}
