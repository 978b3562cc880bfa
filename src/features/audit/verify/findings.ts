import type { Language } from "../../../kernel/errors/catalogue.ts";
import { fill } from "../../../kernel/errors/failure.ts";

/** What is wrong with a log, and where. */
export type Finding =
  | { readonly kind: "keys_missing" }
  | { readonly kind: "head_missing"; readonly chain: number }
  | { readonly kind: "head_forged"; readonly chain: number }
  | { readonly kind: "head_was_forged"; readonly chain: number; readonly seq: number }
  | { readonly kind: "head_differs"; readonly chain: number; readonly seq: number }
  | Row<"row_changed">
  | Row<"row_inserted">
  | Span<"rows_missing">
  | Span<"tail_missing">
  | { readonly kind: "purge_unrecorded"; readonly chain: number; readonly seq: number }
  | Row<"checkpoint_forged">
  | Row<"checkpoint_differs">
  | Beyond<"checkpoint_beyond">
  | { readonly kind: "anchor_forged" }
  | { readonly kind: "anchor_differs"; readonly chain: number; readonly seq: number }
  | Beyond<"anchor_beyond">;

interface Row<K extends string> {
  readonly kind: K;
  readonly chain: number;
  readonly seq: number;
  readonly id: string;
}

interface Span<K extends string> {
  readonly kind: K;
  readonly chain: number;
  readonly from: number;
  readonly to: number;
}

interface Beyond<K extends string> {
  readonly kind: K;
  readonly chain: number;
  readonly seq: number;
  /** The last row that the log says it has. */
  readonly head: number;
}

const WORDS: Readonly<Record<Finding["kind"], Readonly<Record<Language, string>>>> = {
  keys_missing: {
    en: "the keys of the log are gone from the database",
    zh: "数据库中审计日志的密钥已丢失",
  },
  head_missing: {
    en: "chain {chain}: its head was removed",
    zh: "链 {chain}：链头已被删除",
  },
  head_forged: {
    en: "chain {chain}: its head was changed by somebody without the key",
    zh: "链 {chain}：链头被没有密钥的人修改",
  },
  head_was_forged: {
    en: "chain {chain}: its head had been removed or forged when the entry after {seq} was added",
    zh: "链 {chain}：在添加第 {seq} 条之后的条目时，链头已被删除或伪造",
  },
  head_differs: {
    en: "chain {chain}: its head does not fit its last entry, {seq}",
    zh: "链 {chain}：链头与最后一条（第 {seq} 条）不符",
  },
  row_changed: {
    en: "chain {chain}: entry {seq} ({id}) was changed",
    zh: "链 {chain}：第 {seq} 条（{id}）被修改",
  },
  row_inserted: {
    en: "chain {chain}: entry {seq} ({id}) does not belong there",
    zh: "链 {chain}：第 {seq} 条（{id}）不应存在",
  },
  rows_missing: {
    en: "chain {chain}: the entries {from} to {to} were removed",
    zh: "链 {chain}：第 {from} 至 {to} 条被删除",
  },
  tail_missing: {
    en: "chain {chain}: the end was cut off: the entries {from} to {to} are gone",
    zh: "链 {chain}：末尾被截断，第 {from} 至 {to} 条缺失",
  },
  purge_unrecorded: {
    en: "chain {chain}: the entries up to {seq} are said to be purged, which no entry records",
    zh: "链 {chain}：声称已清除至第 {seq} 条，但没有相应的清除记录",
  },
  checkpoint_forged: {
    en: "chain {chain}: the signature of the checkpoint at {seq} ({id}) is not ours",
    zh: "链 {chain}：第 {seq} 条处检查点（{id}）的签名无效",
  },
  checkpoint_differs: {
    en: "chain {chain}: entry {seq} is not the one that the checkpoint {id} was made of",
    zh: "链 {chain}：第 {seq} 条与检查点 {id} 不符",
  },
  checkpoint_beyond: {
    en: "chain {chain}: it ends at {head}, and a checkpoint was made at {seq}",
    zh: "链 {chain}：链止于第 {head} 条，但存在第 {seq} 条处的检查点",
  },
  anchor_forged: {
    en: "a checkpoint kept outside is not signed by this installation",
    zh: "保存在外部的某个检查点并非由本实例签名",
  },
  anchor_differs: {
    en: "chain {chain}: entry {seq} is not the one that was witnessed outside",
    zh: "链 {chain}：第 {seq} 条与保存在外部的见证不符",
  },
  anchor_beyond: {
    en: "chain {chain}: it ends at {head}, and entry {seq} was witnessed outside: the database was put back to an older state",
    zh: "链 {chain}：链止于第 {head} 条，但外部见证了第 {seq} 条：数据库被回退到旧状态",
  },
};

/** A finding for a person. */
export function findingWords(finding: Finding, language: Language): string {
  const { kind, ...details } = finding;
  return fill(WORDS[kind][language], details);
}
