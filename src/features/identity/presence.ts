/** Where a credential was shown from. */
export interface Presence {
  /** The client's address behind the trusted proxies; null on a unix socket. */
  readonly address: string | null;
  readonly requestId: string | null;
  readonly userAgent: string | null;
}
