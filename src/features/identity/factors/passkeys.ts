import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Keyring } from "../../../platform/sealing/keyring.ts";
import { readAssertion, readRegistration } from "./passkey-response.ts";
import type { FactorReads } from "./store/read.ts";
import { type Asking, issueTicket, type Redeemed, redeemTicket, TICKET_TTL } from "./ticket.ts";

/** COSE: ES256, EdDSA, RS256. */
const ALGORITHMS = [-7, -8, -257];

/** What passkeys are bound to, from the configuration and never from a request. */
export interface RelyingParty {
  /** What people read: the registry's name. */
  readonly name: string;
  /** The console's host name, or a domain above it. */
  readonly id: string;
  /** Where the console is: `https://registry.example.com`. */
  readonly origins: readonly string[];
}

/** Options for the browser, and the ticket that must come back with its answer. */
export interface Asked<O> {
  readonly options: O;
  readonly ticket: string;
}

/** The answer to `Asked`. */
export interface PasskeyAnswer {
  readonly ticket: string;
  /** What the browser's credential turns into as JSON. */
  readonly response: unknown;
}

export interface VerifiedAssertion extends Redeemed {
  readonly factor: NonNullable<Awaited<ReturnType<FactorReads["passkey"]>>>;
  readonly counter: number;
  /** The id of the principal as the authenticator kept it. */
  readonly userHandle: string | undefined;
}

function transportsOf(json: string | null): string[] {
  return json === null ? [] : JSON.parse(json);
}

/** The ceremonies of WebAuthn, without sessions and without writing. */
export function passkeys(keyring: Keyring, reads: FactorReads, party: RelyingParty) {
  const expected = { expectedOrigin: [...party.origins], expectedRPID: party.id };

  async function credentialsOf(principalId: string) {
    const rows = await reads.shown(principalId);
    return rows.flatMap(({ credential_id: id, transports }) =>
      id === null ? [] : [{ id, transports: transportsOf(transports) }],
    );
  }

  return {
    /** Asks for a new passkey, one that can sign in by itself and checks who uses it. */
    async askNew(
      principal: { id: string; name: string },
      sessionId: string,
      now: number,
    ): Promise<Asked<PublicKeyCredentialCreationOptionsJSON>> {
      const { challenge, ticket } = issueTicket(keyring, { purpose: "register", sessionId }, now);
      const options = await generateRegistrationOptions({
        rpName: party.name,
        rpID: party.id,
        userID: new Uint8Array(Buffer.from(principal.id)),
        userName: principal.name,
        userDisplayName: principal.name,
        challenge,
        timeout: TICKET_TTL,
        attestationType: "none",
        excludeCredentials: await credentialsOf(principal.id),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        supportedAlgorithmIDs: ALGORITHMS,
      });
      return { options, ticket };
    },

    /** Throws `factor.challenge_expired`, `factor.passkey_invalid`. */
    async verifyNew({ ticket, response }: PasskeyAnswer, sessionId: string, now: number) {
      const redeemed = redeemTicket(keyring, { purpose: "register", sessionId }, ticket, now);
      const answer = readRegistration(response);
      if (answer === undefined) throw failure("factor.passkey_invalid");
      const verified = await verifyRegistrationResponse({
        response: answer,
        expectedChallenge: redeemed.challenge,
        ...expected,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch((error: unknown) => {
        throw failure("factor.passkey_invalid", {}, error);
      });
      if (!verified.verified) throw failure("factor.passkey_invalid");
      const { id, publicKey, counter } = verified.registrationInfo.credential;
      return {
        ...redeemed,
        credentialId: id,
        publicKey: Buffer.from(publicKey).toString("base64url"),
        counter,
        transports: JSON.stringify(answer.response.transports ?? []),
      };
    },

    /** Asks for one of the principal's passkeys; for whichever there is, when there is no principal. */
    async ask(
      principalId: string | null,
      asking: Asking,
      now: number,
    ): Promise<Asked<PublicKeyCredentialRequestOptionsJSON>> {
      const { challenge, ticket } = issueTicket(keyring, asking, now);
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        challenge,
        timeout: TICKET_TTL,
        userVerification: "required",
        ...(principalId === null ? {} : { allowCredentials: await credentialsOf(principalId) }),
      });
      return { options, ticket };
    },

    /** Undefined when it does not verify. Throws `factor.challenge_expired`. */
    async verify(
      { ticket, response }: PasskeyAnswer,
      asking: Asking,
      now: number,
    ): Promise<VerifiedAssertion | undefined> {
      const redeemed = redeemTicket(keyring, asking, ticket, now);
      const answer = readAssertion(response);
      const factor = answer === undefined ? undefined : await reads.passkey(answer.id);
      if (answer === undefined || factor === undefined) return undefined;
      const verified = await verifyAuthenticationResponse({
        response: answer,
        expectedChallenge: redeemed.challenge,
        ...expected,
        requireUserVerification: true,
        credential: {
          id: answer.id,
          publicKey: new Uint8Array(Buffer.from(factor.secret, "base64url")),
          // Whether the counter grew is decided where it is written, in one transaction.
          counter: 0,
          transports: transportsOf(factor.transports),
        },
      }).catch(() => undefined);
      if (verified?.verified !== true) return undefined;
      const { userHandle } = answer.response;
      return {
        ...redeemed,
        factor,
        counter: verified.authenticationInfo.newCounter,
        userHandle:
          userHandle === undefined ? undefined : Buffer.from(userHandle, "base64url").toString(),
      };
    },
  };
}

export type Passkeys = ReturnType<typeof passkeys>;
