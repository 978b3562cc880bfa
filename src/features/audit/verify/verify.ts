import type { Database } from "../../../platform/database/port.ts";
import { CHAINS } from "../chain.ts";
import type { AuditKeys } from "../keys.ts";
import { chainsWithRows, readHead, readHeads } from "../store/read.ts";
import { readAnchors } from "./anchors.ts";
import { ChainCheck, type Checked, type Checking } from "./chain-check.ts";
import type { Finding } from "./findings.ts";

/** What verifying found. */
export interface Verdict {
  readonly intact: boolean;
  readonly chains: number;
  readonly rows: number;
  readonly checkpoints: number;
  /** Checkpoints kept outside that were compared. */
  readonly anchors: number;
  readonly findings: readonly Finding[];
  /** Findings beyond those that are listed. */
  readonly more: number;
}

export interface VerifyOptions {
  /** Lines that hold checkpoints kept outside: of a log, or of a syslog server. */
  readonly anchor?: AsyncIterable<string> | Iterable<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 3;

/** A purge may take rows away while they are read: what was found then is looked at again. */
async function checkChain(checking: Checking, chain: number): Promise<Checked | undefined> {
  for (let attempt = 1; ; attempt++) {
    const head = await readHead(checking.db, chain);
    if (head === undefined) return undefined;
    const checked = await new ChainCheck(checking, head).run();
    if (checked.findings.length === 0 || attempt === TRIES) return checked;
    const now = await readHead(checking.db, chain);
    if (now?.purged_seq === head.purged_seq) return checked;
  }
}

/**
 * Reads the whole log and checks that nobody edited, inserted or removed entries: the sequence and
 * hash of each row, each chain's head and its seal, the checkpoints, the purge marks. Reads pages,
 * so memory is bounded, and lets other work run in between; it may run beside a live server.
 *
 * `keys` are undefined where the database holds none.
 */
export async function verifyLog(
  db: Pick<Database, "read">,
  keys: AuditKeys | undefined,
  { anchor = [], signal }: VerifyOptions = {},
): Promise<Verdict> {
  const findings: Finding[] = [];
  const total = { chains: 0, rows: 0, checkpoints: 0, more: 0 };
  if (keys === undefined) {
    return { ...total, anchors: 0, intact: false, findings: [{ kind: "keys_missing" }] };
  }
  const anchors = await readAnchors(anchor, keys.publicKey);
  for (let each = 0; each < anchors.forged; each++) findings.push({ kind: "anchor_forged" });
  const chains = new Set([
    ...Array.from({ length: CHAINS }, (_, chain) => chain),
    ...(await readHeads(db)).map((head) => head.chain),
    ...(await chainsWithRows(db, "audit")),
    ...(await chainsWithRows(db, "audit_checkpoints")),
    ...anchors.of.keys(),
  ]);
  for (const chain of chains) {
    if (signal?.aborted === true) break;
    const checked = await checkChain({ db, keys, anchors, signal }, chain);
    total.chains += 1;
    if (checked === undefined) {
      findings.push({ kind: "head_missing", chain });
      continue;
    }
    total.rows += checked.rows;
    total.checkpoints += checked.checkpoints;
    total.more += checked.more;
    findings.push(...checked.findings);
  }
  signal?.throwIfAborted();
  return { ...total, anchors: anchors.count, intact: findings.length === 0, findings };
}
