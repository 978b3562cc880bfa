/** What can be wrong with a snapshot. */
export type FindingKind =
  | "file_missing"
  | "file_changed"
  | "rows_unreadable"
  | "content_missing"
  | "content_changed"
  | "content_never_copied"
  | "manifest_changed"
  | "manifest_incomplete"
  | "tag_dangling";

export interface Finding {
  readonly kind: FindingKind;
  /** The file, digest, or tag. */
  readonly what: string;
  /** What was found instead; empty where the kind says it all. */
  readonly detail: string;
}

type Words = { readonly en: string; readonly zh: string };

export const FINDING_WORDS: Readonly<Record<FindingKind, Words>> = {
  file_missing: { en: "a file of the snapshot is missing", zh: "快照缺少文件" },
  file_changed: {
    en: "a file of the snapshot is not what was written",
    zh: "快照中的文件与写入时不一致",
  },
  rows_unreadable: {
    en: "the rows of the snapshot cannot be put into a database",
    zh: "快照中的数据无法载入数据库",
  },
  content_missing: { en: "content is missing", zh: "缺少内容" },
  content_changed: {
    en: "content is not what its digest says",
    zh: "内容与摘要不符",
  },
  content_never_copied: {
    en: "content was damaged already when the snapshot was made",
    zh: "内容在创建快照时已损坏",
  },
  manifest_changed: {
    en: "a manifest is not what its digest says",
    zh: "清单与摘要不符",
  },
  manifest_incomplete: {
    en: "a manifest lacks content that it needs",
    zh: "清单缺少所需内容",
  },
  tag_dangling: { en: "a tag points at no manifest", zh: "标签未指向任何清单" },
};

/** As many as a report names; all are counted. */
const MOST = 1_000;

/** Gathers findings without ever growing beyond what a report can name. */
export class Findings {
  readonly named: Finding[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(kind: FindingKind, what: string, detail = ""): void {
    this.#count += 1;
    if (this.named.length < MOST) this.named.push({ kind, what, detail });
  }
}
