/** What calls are made for: an opening of the operator can be kept to one of these. */
export const purposes = ["login", "workload"] as const;
export type Purpose = (typeof purposes)[number];

export interface OutboundRequest {
  readonly purpose: Purpose;
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The operator configured this URL: it may lead inside (never to a cloud's metadata). */
  readonly internalAllowed?: boolean;
  /** Milliseconds for all of it, redirects and body included. */
  readonly timeout?: number;
  /** Most bytes of the body, after decompression. */
  readonly maxBytes?: number;
  /** Most redirects that are followed; 0 gives the redirect itself to the caller. */
  readonly redirects?: number;
  readonly signal?: AbortSignal;
}

export interface OutboundHead {
  readonly status: number;
  readonly headers: Headers;
  /** The URL that answered: another than asked for after a redirect. */
  readonly url: string;
}

export interface OutboundAnswer extends OutboundHead {
  readonly body: Uint8Array;
}

/** Reads an answer; what it throws makes the call a failed one. */
export type ReadAnswer<T> = (answer: OutboundAnswer) => T | Promise<T>;

export interface OutboundStream extends OutboundHead {
  /** Ends early only by throwing. Whoever does not read it to the end must `return()` it. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The one client for every URL that a user can name (A46): a name is resolved once, each of its
 * addresses is judged, and what is connected to is an address that was judged. All ways to fail
 * look alike: `outbound.unreachable`, with an `OutboundFault` as the cause for the log (A47).
 */
export interface Outbound {
  /** Calls a URL and gives the whole answer, whatever its status. */
  request(url: string, options: OutboundRequest): Promise<OutboundAnswer>;
  /** As `request`, for whoever can only use some answers: what `read` refuses looks unreachable. */
  read<T>(url: string, options: OutboundRequest, read: ReadAnswer<T>): Promise<T>;
  /** As `request`, but gives the body as it comes; timeout and size hold all the same. */
  stream(url: string, options: OutboundRequest): Promise<OutboundStream>;
  /**
   * Whether a URL may be kept, asked when a person saves it: throws `outbound.bad_url`, or
   * `outbound.not_allowed` alike for names without address and for those that lead inside.
   */
  check(url: string, options: Pick<OutboundRequest, "purpose" | "internalAllowed">): Promise<void>;
}
