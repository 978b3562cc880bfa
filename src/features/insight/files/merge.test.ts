import { expect, test } from "bun:test";
import fc from "fast-check";
import { archive, type Entry } from "../../../../tests/support/tar.ts";
import { LayerRows } from "../analyst/rows.ts";
import { TarScanner } from "../analyst/tar/scanner.ts";
import { entriesOf, pathOf, split, treeOf } from "./rules-key.ts";
import { Merge, type Seen, type Source } from "./rules-merge.ts";
import { isDirectory, type Row } from "./rules-row.ts";

/** The rows of a layer in memory. */
class ListSource implements Source {
  readonly #rows: readonly Row[];
  #at = 0;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  get head() {
    return this.#rows[this.#at];
  }

  advance() {
    this.#at += 1;
  }

  async seek(key: string) {
    const at = this.#rows.findIndex((row) => row.key >= key);
    this.#at = at < 0 ? this.#rows.length : at;
  }

  async find(key: string) {
    return this.#rows.find((row) => row.key === key);
  }
}

function rowsOf(entries: readonly Entry[]): Row[] {
  const rows = new LayerRows({ entries: 10_000 });
  const scanner = new TarScanner(rows);
  scanner.write(archive(entries));
  scanner.end();
  return rows.sorted();
}

interface Kept {
  readonly isDirectory: boolean;
  /** The layer whose entry it is. */
  readonly layer: number;
  readonly isImplied: boolean;
}

type Tree = Map<string, Kept>;

function removeTree(tree: Tree, path: string, itself: boolean): void {
  for (const each of [...tree.keys()]) {
    if (path === "" || each.startsWith(`${path}/`) || (itself && each === path)) tree.delete(each);
  }
}

/** Makes the folders above a path, as a tool that unpacks does. */
function makeAbove(tree: Tree, path: string, layer: number): void {
  const above: string[] = [];
  for (let up = split(path).directory; up !== ""; up = split(up).directory) above.unshift(up);
  for (const directory of above) {
    if (tree.get(directory)?.isDirectory === true) continue;
    removeTree(tree, directory, true);
    tree.set(directory, { isDirectory: true, layer, isImplied: true });
  }
}

/** What image-spec says of applying one layer: what is removed first, then what is added. */
function apply(tree: Tree, entries: readonly Entry[], layer: number): void {
  for (const { name } of entries) {
    const { directory, name: last } = split(name.replace(/\/$/, ""));
    if (last === ".wh..wh..opq") removeTree(tree, directory, false);
    else if (last.startsWith(".wh."))
      removeTree(tree, pathOf({ directory, name: last.slice(4) }), true);
  }
  for (const { name, flag } of entries) {
    const path = name.replace(/\/$/, "");
    makeAbove(tree, path, layer);
    if (split(path).name.startsWith(".wh.")) continue;
    const there = tree.get(path);
    const isDirectory = flag === "5";
    if (!(isDirectory && there?.isDirectory === true)) removeTree(tree, path, true);
    tree.set(path, { isDirectory, layer, isImplied: false });
  }
}

const part = fc.constantFrom("a", "b", "a-b", "a.b", "é", "\u{1F600}", "\uffee");
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const entry = fc
  .tuple(path, fc.constantFrom("file", "file", "folder", "gone", "opaque"))
  .map(([at, is]): Entry => {
    const { directory, name } = split(at);
    switch (is) {
      case "file":
        return { name: at, body: at };
      case "folder":
        return { name: `${at}/`, flag: "5" };
      case "gone":
        return { name: pathOf({ directory, name: `.wh.${name}` }) };
      default:
        return { name: `${at}/.wh..wh..opq` };
    }
  });

/** One name is one thing in a layer, and nothing lies in a file. */
function sane(entries: readonly Entry[]): Entry[] {
  const kept: Entry[] = [];
  const files = new Set<string>();
  const all = new Set<string>();
  for (const each of entries) {
    const at = each.name.replace(/\/$/, "");
    const above: string[] = [];
    for (let up = split(at).directory; up !== ""; up = split(up).directory) above.push(up);
    const isFile = each.flag !== "5" && !split(at).name.startsWith(".wh.");
    const isTaken = [...all].some(
      (other) => other === at || (isFile && other.startsWith(`${at}/`)),
    );
    if (isTaken || above.some((up) => files.has(up))) continue;
    kept.push(each);
    all.add(at);
    if (isFile) files.add(at);
  }
  return kept;
}

const layers = fc.array(fc.array(entry, { maxLength: 12 }).map(sane), {
  minLength: 1,
  maxLength: 5,
});

function told({ named, row, layer }: Seen): [string, Kept] {
  const isImplied = row.type === "implied";
  return [pathOf(named), { isDirectory: isDirectory(row), layer, isImplied }];
}

async function walk(merge: Merge): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (;;) {
    const next = await merge.next(Number.MAX_SAFE_INTEGER);
    if (next === undefined || next === "more") return seen;
    seen.push(next);
  }
}

test("layers upon one another are what unpacking them one after the other makes", async () => {
  await fc.assert(
    fc.asyncProperty(layers, async (all) => {
      const tree: Tree = new Map();
      for (const [layer, entries] of all.entries()) apply(tree, entries, layer);
      const rows = all.map(rowsOf);
      const sources = () => rows.map((each) => new ListSource(each));
      const whole = await walk(await Merge.open(sources(), treeOf("")));
      // An implied folder may stand for one of several layers: which of them does not matter.
      const plain = (entries: Iterable<[string, Kept]>) =>
        [...entries]
          .map(([at, { layer, ...rest }]) => [at, { ...rest, layer: rest.isImplied ? -1 : layer }])
          .sort();
      expect(plain(whole.map(told))).toEqual(plain(tree));
      expect(whole.map(({ key }) => key)).toEqual(whole.map(({ key }) => key).toSorted());
      for (const [at, { key }] of whole.entries()) {
        const rest = await walk(
          await Merge.open(sources(), { from: `${key}\u0000`, to: undefined }),
        );
        expect(rest).toEqual(whole.slice(at + 1));
      }
      for (const directory of ["", ...tree.keys()]) {
        const listed = await walk(await Merge.open(sources(), entriesOf(directory)));
        const children = whole.filter(({ named }) => named.directory === directory);
        expect(listed).toEqual(children);
        if (directory === "") continue;
        const found = await Merge.shows(sources(), directory);
        expect(found).toEqual(whole.find(({ named }) => pathOf(named) === directory));
      }
      for (const gone of ["a", "a/b", "a/b/a", "b/b"].filter((each) => !tree.has(each))) {
        expect(await Merge.shows(sources(), gone)).toBeUndefined();
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("a walk that may look at so many names says where it stopped", async () => {
  const rows = rowsOf([{ name: "a" }, { name: "b" }, { name: ".wh.c" }, { name: "d" }]);
  const merge = await Merge.open([new ListSource(rows)], treeOf(""));
  expect((await merge.next(3)) as Seen).toMatchObject({ named: { name: "a" } });
  expect((await merge.next(3)) as Seen).toMatchObject({ named: { name: "b" } });
  expect(await merge.next(3)).toBe("more");
  expect(merge.last).toBe("\u0000c");
});
