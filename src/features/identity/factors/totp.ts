import { Secret as OtpSecret, TOTP } from "otpauth";

/** What phones understand: SHA-1, six digits, thirty seconds; others are ignored by many apps. */
const PERIOD = 30;
const CODE = /^[0-9]{6}$/;

/** A new secret, 160 bits as RFC 4226 recommends, in base 32. */
export function newTotpSecret(): string {
  return new OtpSecret({ size: 20 }).base32;
}

function totp(secret: string, issuer = "", label = ""): TOTP {
  return new TOTP({
    issuer,
    label,
    algorithm: "SHA1",
    digits: 6,
    period: PERIOD,
    secret: OtpSecret.fromBase32(secret),
  });
}

/** What the QR code says: `otpauth://totp/…`. */
export function totpUri(secret: string, issuer: string, account: string): string {
  return totp(secret, issuer, account).toString();
}

/** The code as people type it, without spaces; undefined when it cannot be one. */
export function readCode(text: string): string | undefined {
  if (text.length > 16) return undefined;
  const code = text.replace(/\s/g, "");
  return CODE.test(code) ? code : undefined;
}

/**
 * The time step that `code` belongs to, one before or after `now` (milliseconds) being allowed for
 * clocks that are off (RFC 6238, section 5.2); undefined when it is of none of them.
 */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const delta = totp(secret).validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return undefined;
  return TOTP.counter({ period: PERIOD, timestamp: now }) + delta;
}
