import { parseAddress } from "../address.ts";
import type { AnswerHead, Lane, LaneRequest, LaneResponse, Sink } from "../lane.ts";
import { openLane } from "../open-lane.ts";
import type { End } from "./end.ts";
import { at, CopyFault, refusal } from "./faults.ts";

/** Where the bytes go. */
export interface Taker {
  take: Sink;
  /** What to wait for before more is read. */
  room(): Promise<void> | undefined;
}

/** A blob that is being read. */
export interface Reading {
  /** Resolves when the last byte was taken. Rejects with a `CopyFault`. */
  readonly done: Promise<void>;
  /** Reads no further; `done` rejects. */
  cancel(): void;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;

/** The sink for an answer's body, which begins at `offset` whatever the server makes of the range. */
function sinkFor(head: AnswerHead, offset: number, take: Sink): Sink | undefined {
  if (head.status === 206) {
    const range = head.header("content-range") ?? "";
    if (range.startsWith(`bytes ${offset}-`)) return take;
    throw new CopyFault("unsupported", "source", `another range than asked for: ${range}`);
  }
  if (head.status !== 200) return undefined;
  let toSkip = offset;
  return (piece) => {
    const skipped = Math.min(toSkip, piece.byteLength);
    toSkip -= skipped;
    if (skipped < piece.byteLength) take(piece.subarray(skipped));
  };
}

/** Where a redirect leads; a blob behind TLS is not fetched without it. */
function redirected(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new CopyFault("unsupported", "source", "a redirect that leads nowhere");
  }
  const to = new URL(location, from);
  const isWeaker = from.protocol === "https:" && to.protocol !== "https:";
  if (isWeaker || !/^https?:$/.test(to.protocol)) {
    throw new CopyFault("unsupported", "source", `a redirect to ${to.protocol}//${to.host}`);
  }
  return to;
}

/** Begins to read a blob from `offset` on. Where it is kept elsewhere no credential goes along. */
export function readBlob(source: End, digest: string, offset: number, taker: Taker): Reading {
  const { caller, repository, trust } = source;
  let away: Lane | undefined;
  const request: LaneRequest = {
    method: "GET",
    target: caller.path(repository, `blobs/${digest}`),
    ...(offset === 0 ? {} : { headers: { Range: `bytes=${offset}-` } }),
    choose: (head) => sinkFor(head, offset, taker.take),
    hold: () => taker.room(),
  };
  const read = async (): Promise<void> => {
    let answer: LaneResponse = await caller.call(repository, "pull", request);
    let url = new URL(caller.address.origin + request.target);
    for (let hops = 0; REDIRECTS.has(answer.status) && hops < MOST_REDIRECTS; hops++) {
      url = redirected(url, answer.header("location"));
      away?.close();
      away = openLane(parseAddress(url.origin, trust));
      answer = await away.exchange({ ...request, target: url.pathname + url.search });
    }
    if (answer.status !== 200 && answer.status !== 206) {
      throw refusal("source", answer.status, `reading ${digest}`);
    }
  };
  return {
    done: at("source", read).finally(() => away?.close()),
    cancel() {
      caller.close();
      away?.close();
    },
  };
}
