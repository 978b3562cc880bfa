/** Longer ones are shown as they were written: nobody reads them, and reading them costs. */
const LONGEST = 100_000;
/** Each may strike out words with each of the others: it takes the square of them to find out. */
const MOST_TILDES = 1_000;
/** Beyond this many in a row they nest or pair without end, and no words are among them. */
const HEAPED = /[>[\](!<]{64}|(?:[>*+-][ \t]+){64}|(?:\*+_+){64}/;

/** Whether a text is worth being read as Markdown, or was made to keep the reader's machine busy. */
export function isTame(markdown: string): boolean {
  if (markdown.length > LONGEST || HEAPED.test(markdown)) return false;
  return markdown.split("~").length <= MOST_TILDES;
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
