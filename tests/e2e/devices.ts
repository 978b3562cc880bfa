import { Secret, TOTP } from "otpauth";
import type { Reader } from "./chromium.ts";

const PERIOD = 30_000;

/** An authenticator app: each code of it is of a later step than the one before. */
export class Phone {
  readonly #totp: TOTP;
  #last = 0;

  constructor(secret: string) {
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(" ", "")) });
  }

  /** The registry takes the step before and the one after too: three codes at any time. */
  code(): string {
    const now = Math.floor(Date.now() / PERIOD);
    this.#last = Math.max(this.#last + 1, now - 1);
    if (this.#last > now + 1) throw new Error("the phone has shown its three codes already");
    return this.#totp.generate({ timestamp: this.#last * PERIOD });
  }
}

/** A passkey device that is always touched at once and knows its owner. */
export async function plugPasskeyDevice({ context, page }: Reader): Promise<void> {
  const debug = await context.newCDPSession(page);
  await debug.send("WebAuthn.enable");
  await debug.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
