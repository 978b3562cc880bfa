/**
 * How the entries of layers are ordered: the directories as a tree is walked, parents first, and
 * the entries of one directory together, before those of the directories in it. A key is the
 * directory with its slashes as U+0001, then U+0000, then the name: compared as texts are.
 */
const SLASH = "\u0001";
const NAME = "\u0000";

/** After all keys of a directory itself. */
const PAST_NAMES = "\u0001";
/** After all keys of a directory and of what is in it. */
const PAST_TREE = "\u0002";

/** Paths have no slash at either end; the root is "". */
export function keyOf(directory: string, name: string): string {
  return directory.replaceAll("/", SLASH) + NAME + name;
}

export interface Named {
  readonly directory: string;
  readonly name: string;
}

export function namedBy(key: string): Named {
  const at = key.indexOf(NAME);
  return { directory: key.slice(0, at).replaceAll(SLASH, "/"), name: key.slice(at + 1) };
}

export function pathOf({ directory, name }: Named): string {
  return directory === "" ? name : `${directory}/${name}`;
}

export function split(path: string): Named {
  const at = path.lastIndexOf("/");
  return at < 0
    ? { directory: "", name: path }
    : { directory: path.slice(0, at), name: path.slice(at + 1) };
}

/** A range of keys: from the first on, up to the second, which is outside; undefined is the end. */
export interface KeyRange {
  readonly from: string;
  readonly to: string | undefined;
}

/** The entries of one directory. */
export function entriesOf(directory: string): KeyRange {
  const at = directory.replaceAll("/", SLASH);
  return { from: at + NAME, to: at + PAST_NAMES };
}

/** A directory's entries, and all below. */
export function treeOf(directory: string): KeyRange {
  const at = directory.replaceAll("/", SLASH);
  // Everything is below the root, whose own name is empty.
  return { from: at + NAME, to: directory === "" ? undefined : at + PAST_TREE };
}

/** Whether `directory` is `above`, or lies in it. */
export function isWithin(directory: string, above: string): boolean {
  return above === "" || directory === above || directory.startsWith(`${above}/`);
}

/**
 * A path as people and archives write it, without what means nothing: undefined when it leaves
 * the root. Signs that keys are made of are replaced.
 */
export function cleanPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.replace(/[\u0000\u0001]/g, "\ufffd").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") return undefined;
    parts.push(part);
  }
  return parts.join("/");
}
