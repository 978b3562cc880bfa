/** What went wrong with an outbound call. For the log and the audit only: see `outbound.unreachable`. */
export type OutboundReason =
  /** The URL itself cannot be used. */
  | "url"
  /** The name has no address. */
  | "resolve"
  /** An address of the name is inside networks that this server may not reach. */
  | "forbidden"
  | "connect"
  | "tls"
  | "timeout"
  | "size"
  | "encoding"
  | "redirect"
  /** The peer does not speak HTTP, or stopped in the middle of an answer. */
  | "protocol"
  /** It answered, but nothing that the caller can use. */
  | "answer"
  /** The caller gave up. */
  | "cancelled";

/**
 * Why an outbound call failed, told inside only: whoever named the URL must not learn from it
 * whether a port is open, closed or filtered (A47). It travels as the `cause` of the `Failure`.
 */
export class OutboundFault extends Error {
  readonly reason: OutboundReason;

  constructor(reason: OutboundReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "OutboundFault";
    this.reason = reason;
  }
}
