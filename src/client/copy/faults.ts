import { StatusFault } from "../registry/status-fault.ts";
import { WireFault } from "../wire-fault.ts";

export type Side = "source" | "target";

/** Why a copy cannot go on. */
export class CopyFault extends Error {
  readonly kind: "missing" | "refused" | "unreachable" | "damaged" | "unsupported";
  /** Which of the two registries it is about. */
  readonly side: Side;
  /** Whether trying again may help. */
  readonly isPassing: boolean;

  constructor(
    kind: CopyFault["kind"],
    side: Side,
    why: string,
    { isPassing = false, cause }: { readonly isPassing?: boolean; readonly cause?: unknown } = {},
  ) {
    super(why, cause === undefined ? undefined : { cause });
    this.name = "CopyFault";
    this.kind = kind;
    this.side = side;
    this.isPassing = isPassing;
  }
}

function kindOf(status: number): CopyFault["kind"] {
  if (status === 404) return "missing";
  if (status === 401 || status === 403) return "refused";
  return status >= 500 || status === 429 || status === 408 ? "unreachable" : "unsupported";
}

/** What an answer of this status means for the copy; `what` says what was asked. */
export function refusal(side: Side, status: number, what: string): CopyFault {
  const kind = kindOf(status);
  return new CopyFault(kind, side, `${what}: status ${status}`, {
    isPassing: kind === "unreachable",
  });
}

function asFault(side: Side, fault: unknown): unknown {
  if (fault instanceof StatusFault) return refusal(side, fault.status, fault.message);
  if (!(fault instanceof WireFault)) return fault;
  const kind = fault.kind === "token" ? "refused" : "unreachable";
  const isPassing = ["closed", "timeout", "connect"].includes(fault.kind);
  const why =
    fault.cause instanceof Error ? `${fault.message}: ${fault.cause.message}` : fault.message;
  return new CopyFault(kind, side, why, { isPassing, cause: fault });
}

/** Does something at one of the two registries; what goes wrong there becomes a `CopyFault`. */
export async function at<T>(side: Side, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    throw asFault(side, fault);
  }
}

/** Waits before the next try. */
export type Wait = (milliseconds: number) => Promise<void>;

const MOST_TRIES = 6;
const FIRST_WAIT = 500;

/**
 * Tries until it goes well, or until what goes wrong will not pass. As long as `standing` grows from
 * one try to the next, it is not given up.
 */
export async function patiently<T>(
  wait: Wait,
  work: () => Promise<T>,
  standing: () => number = () => 0,
): Promise<T> {
  let stood = standing();
  let tries = 0;
  for (;;) {
    try {
      return await work();
    } catch (fault) {
      const stands = standing();
      tries = stands > stood ? 1 : tries + 1;
      stood = Math.max(stood, stands);
      const isHopeless = !(fault instanceof CopyFault && fault.isPassing);
      if (isHopeless || tries >= MOST_TRIES) throw fault;
      await wait(FIRST_WAIT * 2 ** (tries - 1));
    }
  }
}
