import type { Database } from "../../../platform/database/port.ts";
import type { AuditHeadsTable, AuditTable } from "../../../platform/database/schema/access.ts";
import { hashRow, readSeal } from "../chain.ts";
import { openCheckpoint } from "../checkpoints/signature.ts";
import type { AuditKeys } from "../keys.ts";
import { breathe } from "../list.ts";
import { readCheckpoints, readHead, readRows } from "../store/read.ts";
import type { Anchors } from "./anchors.ts";
import type { Finding } from "./findings.ts";

export interface Checking {
  readonly db: Pick<Database, "read">;
  readonly keys: AuditKeys;
  readonly anchors: Anchors;
  readonly signal: AbortSignal | undefined;
}

/** What was looked at, and what is wrong with it. */
export interface Checked {
  rows: number;
  checkpoints: number;
  readonly findings: Finding[];
  /** Findings beyond those that are listed. */
  more: number;
}

const PAGE = 500;
const FAR = Number.MAX_SAFE_INTEGER;
/** Findings listed per chain: one cut of a long log must not fill the memory. */
const MOST = 200;

/**
 * Reads one chain from its purge mark to its head in pages. What is added meanwhile lies beyond
 * the head that was read first, and is left for the next time.
 */
export class ChainCheck {
  readonly result: Checked = { rows: 0, checkpoints: 0, findings: [], more: 0 };
  readonly #with: Checking;
  readonly #head: AuditHeadsTable;
  readonly #anchors: ReadonlyMap<number, string>;
  /** The hash that the next row must follow: two candidates after a changed row, none after a gap. */
  #previous: string[];
  #last: number;
  #purge: { readonly seq: number; readonly hash: string };

  constructor(checking: Checking, head: AuditHeadsTable) {
    this.#with = checking;
    this.#head = head;
    this.#anchors = checking.anchors.of.get(head.chain) ?? new Map();
    this.#previous = [head.purged_hash];
    this.#last = head.purged_seq;
    this.#purge = { seq: 0, hash: "" };
  }

  async run(): Promise<Checked> {
    const { chain, seq, purged_seq, purged_hash } = this.#head;
    this.#checkSeal();
    await this.#checkStrays();
    this.#checkAnchor(purged_seq, purged_hash);
    await this.#checkCheckpoints(purged_seq - 1, purged_seq, new Map([[purged_seq, purged_hash]]));
    for (let full = true; full && this.#with.signal?.aborted !== true; ) {
      const after = this.#last;
      const rows = await readRows(this.#with.db, { chain, after, to: seq }, PAGE);
      for (const row of rows) this.#checkRow(row);
      const hashes = new Map(rows.map((row) => [row.seq, row.hash]));
      full = rows.length === PAGE;
      await this.#checkCheckpoints(after, full ? this.#last : seq, hashes);
      await breathe();
    }
    this.#checkEnd();
    await this.#checkBeyond();
    return this.result;
  }

  #found(finding: Finding): void {
    if (this.result.findings.length < MOST) this.result.findings.push(finding);
    else this.result.more += 1;
  }

  #checkSeal(): void {
    const { chain } = this.#head;
    const state = readSeal(this.#with.keys.headKey, this.#head);
    if (state.is === "wrong") this.#found({ kind: "head_forged", chain });
    if (state.is === "broken") this.#found({ kind: "head_was_forged", chain, seq: state.at });
  }

  /** Nothing may be left of what the purge mark says is gone. */
  async #checkStrays(): Promise<void> {
    const { chain, purged_seq } = this.#head;
    const range = { chain, after: -FAR, to: purged_seq };
    for (const { seq, id } of await readRows(this.#with.db, range, PAGE)) {
      this.#found({ kind: "row_inserted", chain, seq, id });
    }
  }

  #checkRow(row: AuditTable): void {
    const { chain, seq, id } = row;
    this.result.rows += 1;
    if (seq !== this.#last + 1) {
      this.#found({ kind: "rows_missing", chain, from: this.#last + 1, to: seq - 1 });
      // What this row followed is gone with them; those after it follow its own hash.
      this.#previous = [];
    }
    const computed = this.#previous.map((previous) => hashRow(previous, row));
    const fits = computed.length === 0 || computed.includes(row.hash);
    if (!fits) this.#found({ kind: "row_changed", chain, seq, id });
    // Where only the hash itself was changed, the next row still follows what it had been.
    this.#previous = fits ? [row.hash] : [row.hash, ...computed];
    this.#last = seq;
    this.#checkAnchor(seq, row.hash);
    if (row.action === "audit.purge") this.#purge = readPurge(row.details) ?? this.#purge;
  }

  #checkAnchor(seq: number, hash: string): void {
    const witnessed = this.#anchors.get(seq);
    if (witnessed !== undefined && witnessed !== hash) {
      this.#found({ kind: "anchor_differs", chain: this.#head.chain, seq });
    }
  }

  async #checkCheckpoints(
    after: number,
    to: number,
    hashes: ReadonlyMap<number, string>,
  ): Promise<void> {
    const { db, keys } = this.#with;
    const { chain } = this.#head;
    for (let last: { id: string; seq: number } | null = null; ; ) {
      const page = await readCheckpoints(db, { chain, after, to }, last, PAGE);
      for (const { id, seq, hash, at, signature } of page) {
        this.result.checkpoints += 1;
        const signed = await openCheckpoint(signature, keys.publicKey);
        const isOurs =
          signed?.chain === chain && signed.seq === seq && signed.hash === hash && signed.at === at;
        const row = hashes.get(seq);
        if (!isOurs) this.#found({ kind: "checkpoint_forged", chain, seq, id });
        else if (row !== undefined && row !== hash) {
          this.#found({ kind: "checkpoint_differs", chain, seq, id });
        }
      }
      last = page.length === PAGE ? (page.at(-1) ?? null) : null;
      if (last === null) return;
      await breathe();
    }
  }

  #checkEnd(): void {
    const { chain, seq, hash, purged_seq, purged_hash } = this.#head;
    if (this.#with.signal?.aborted === true) return;
    if (this.#last < seq) {
      this.#found({ kind: "tail_missing", chain, from: this.#last + 1, to: seq });
    } else if (this.#previous.length > 0 && !this.#previous.includes(hash)) {
      this.#found({ kind: "head_differs", chain, seq });
    }
    // A purge records itself in the chain that it shortens, so its record outlives its rows.
    const { seq: recorded, hash: recordedHash } = this.#purge;
    if (purged_seq !== recorded || (purged_seq > 0 && purged_hash !== recordedHash)) {
      this.#found({ kind: "purge_unrecorded", chain, seq: Math.max(purged_seq, recorded) });
    }
  }

  /** Rows, checkpoints and anchors after the head: fine only where it has moved on meanwhile. */
  async #checkBeyond(): Promise<void> {
    const { db, anchors } = this.#with;
    const { chain, seq } = this.#head;
    const range = { chain, after: seq, to: FAR };
    const rows = await readRows(db, range, PAGE);
    const checkpoints = await readCheckpoints(db, range, null, PAGE);
    const now = (await readHead(db, chain))?.seq ?? seq;
    for (const row of rows.filter((each) => each.seq > now)) {
      this.#found({ kind: "row_inserted", chain, seq: row.seq, id: row.id });
    }
    for (const each of checkpoints.filter((one) => one.seq > now)) {
      this.#found({ kind: "checkpoint_beyond", chain, seq: each.seq, head: now });
    }
    let far = 0;
    for (const each of anchors.of.get(chain)?.keys() ?? []) far = Math.max(far, each);
    if (far > now) this.#found({ kind: "anchor_beyond", chain, seq: far, head: now });
  }
}

function readPurge(details: string): { seq: number; hash: string } | undefined {
  try {
    const { to, hash } = JSON.parse(details) as Record<string, unknown>;
    return typeof to === "number" && typeof hash === "string" ? { seq: to, hash } : undefined;
  } catch {
    return undefined;
  }
}
