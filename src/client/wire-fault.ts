/** What went wrong between this client and a registry, below the level of HTTP statuses. */
export type WireFaultKind = "connect" | "closed" | "malformed" | "timeout" | "too-large" | "token";

/** A request that got no usable answer. */
export class WireFault extends Error {
  readonly kind: WireFaultKind;

  constructor(kind: WireFaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "WireFault";
    this.kind = kind;
  }
}
