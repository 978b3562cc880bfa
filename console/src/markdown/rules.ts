/** Longer ones are shown as they were written: nobody reads them, and reading them costs. */
const LONGEST = 100_000;
/** Every line of a table is filled up to its widest: a small text can ask for a huge page. */
const MOST_CELLS = 200_000;
/** Beyond that a page of it would keep the reader's machine busy. */
const MOST_NODES = 20_000;
const DEEPEST_NODE = 100;

/** Whether a text may be read as Markdown at all. */
export function isTame(markdown: string): boolean {
  if (markdown.length > LONGEST) return false;
  const lines = markdown.split("\n");
  const widest = lines.reduce((most, line) => Math.max(most, line.split("|").length), 0);
  return widest * lines.length <= MOST_CELLS || widest === 1;
}

/** Where a link of somebody else's may lead: to the web, and nowhere else. */
export function webAddress(href: string | undefined): string | undefined {
  if (href === undefined || !/^https?:\/\//i.test(href) || !URL.canParse(href)) return undefined;
  return href;
}

/** A node of the tree that Markdown becomes. */
interface Tree {
  readonly type: string;
  tagName?: string;
  readonly children?: readonly Tree[];
}

/** Whether a tree is small and flat enough to be drawn. */
export function isSmall(tree: Tree): boolean {
  let level: readonly Tree[] = [tree];
  let nodes = 0;
  for (let depth = 0; level.length > 0; depth++) {
    nodes += level.length;
    if (nodes > MOST_NODES || depth > DEEPEST_NODE) return false;
    level = level.flatMap(({ children }) => children ?? []);
  }
  return true;
}

/** What the page itself has above: its title, and the title of this part. */
const ABOVE = 2;
const DEEPEST = 6;

function headingsOf(node: Tree): Tree[] {
  if (node.tagName !== undefined && /^h[1-6]$/.test(node.tagName)) return [node];
  return (node.children ?? []).flatMap(headingsOf);
}

/**
 * Puts the headings of a text below those of the page around it, and leaves no level out, so that
 * whoever goes by headings is not lost.
 */
export function lowerHeadings(tree: Tree): void {
  /** What the text calls the levels that are open. */
  const open: number[] = [];
  for (const heading of headingsOf(tree)) {
    const said = Number(heading.tagName?.slice(1));
    while ((open.at(-1) ?? 0) >= said) open.pop();
    open.push(said);
    heading.tagName = `h${Math.min(ABOVE + open.length, DEEPEST)}`;
  }
}
