import type { ImageConfig, LayerInsight } from "../artifact/insight.ts";
import type { FileView } from "../files/file.ts";

export interface LayerChange {
  readonly status: "same" | "added" | "removed";
  readonly digest: string;
  readonly size: number;
  readonly command: string | null;
}

type Real = LayerInsight & { readonly digest: string };

function real(layers: readonly LayerInsight[]): Real[] {
  return layers.flatMap((layer) =>
    layer.digest === null ? [] : [{ ...layer, digest: layer.digest }],
  );
}

/** How long the longest common run of the rests of both lists is, for every pair of rests. */
function lengths(from: readonly Real[], to: readonly Real[]): Uint16Array[] {
  const table = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1));
  for (let a = from.length - 1; a >= 0; a--) {
    for (let b = to.length - 1; b >= 0; b--) {
      const isSame = from[a]?.digest === to[b]?.digest;
      const length = isSame
        ? (table[a + 1]?.[b + 1] ?? 0) + 1
        : Math.max(table[a + 1]?.[b] ?? 0, table[a]?.[b + 1] ?? 0);
      const row = table[a];
      if (row !== undefined) row[b] = length;
    }
  }
  return table;
}

/** What has to go from the layers of one image, and to come, to make those of another. */
export function compareLayers(
  before: readonly LayerInsight[],
  after: readonly LayerInsight[],
): LayerChange[] {
  const [from, to] = [real(before), real(after)];
  const table = lengths(from, to);
  const changes: LayerChange[] = [];
  const note = (status: LayerChange["status"], { digest, size, command }: Real) =>
    changes.push({ status, digest, size, command });
  let [a, b] = [0, 0];
  for (;;) {
    const [left, right] = [from[a], to[b]];
    if (left === undefined && right === undefined) return changes;
    if (left !== undefined && left.digest === right?.digest) {
      note("same", right);
      a += 1;
      b += 1;
    } else if (
      right === undefined ||
      (left !== undefined && (table[a + 1]?.[b] ?? 0) >= (table[a]?.[b + 1] ?? 0))
    ) {
      if (left !== undefined) note("removed", left);
      a += 1;
    } else {
      note("added", right);
      b += 1;
    }
  }
}

export interface ConfigChange {
  /** Such as `env.PATH`, `labels.maintainer` or `cmd`. */
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** What a config says, a line for each thing that can change by itself. */
function linesOf(image: ImageConfig | null): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  if (image === null) return lines;
  const { env, labels, created, ...rest } = image;
  for (const [path, value] of Object.entries(rest)) {
    if (typeof value === "string") lines.set(path, value);
    else if (value !== null && value.length > 0) lines.set(path, JSON.stringify(value));
  }
  if (created !== null) lines.set("created", new Date(created).toISOString());
  for (const each of env) {
    const at = each.indexOf("=");
    const [name, value] = at < 0 ? [each, ""] : [each.slice(0, at), each.slice(at + 1)];
    lines.set(`env.${name}`, value);
  }
  for (const [name, value] of Object.entries(labels)) lines.set(`labels.${name}`, value);
  return lines;
}

/** What the configs of two images say differently, in order of the paths. */
export function compareConfigs(
  before: ImageConfig | null,
  after: ImageConfig | null,
): ConfigChange[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort();
  return paths
    .map((path) => ({ path, from: from.get(path) ?? null, to: to.get(path) ?? null }))
    .filter((change) => change.from !== change.to);
}

/** A file on one side of a comparison, with what of its bytes is known. */
export interface Side extends FileView {
  readonly crc: number | null;
}

/** Whether two files of one path are the same, as far as can be told without reading them. */
export function isSameFile(a: Side, b: Side): boolean {
  if (a.type !== b.type) return false;
  if (a.layer === b.layer) return true;
  const keys = ["size", "mode", "uid", "gid", "target"] as const;
  if (keys.some((key) => a[key] !== b[key])) return false;
  // Bytes that were not looked at, because they have holes, may be any.
  return a.type !== "file" || (a.crc !== null && a.crc === b.crc);
}
