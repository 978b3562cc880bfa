import { dirname, join, normalize } from "node:path";

/** A text without its blocks of code. Line breaks stay. */
function withoutBlocks(markdown: string): string {
  return markdown.replace(/^( {0,3})(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ {0,3}\2[`~]*[ \t]*$/gm, "");
}

/** A text without any code, in which brackets are no links. */
function prose(markdown: string): string {
  return withoutBlocks(markdown).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
}

/** The anchors of a page, made of its headings in the way of the usual hosts of repositories. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const fenceless = withoutBlocks(markdown);
  for (const [, heading = ""] of fenceless.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/gm)) {
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = shown
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  for (const [, , id = ""] of fenceless.matchAll(/<a\s+(id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Where the links of a page go; those that leave the repository are left out. */
export function localLinks(markdown: string): string[] {
  const text = prose(markdown);
  const inline = [...text.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const defined = [...text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const images = [...text.matchAll(/<(?:img|a)\s[^>]*?(?:src|href)="([^"]+)"/g)];
  return [...inline, ...defined, ...images]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target));
}

/**
 * The links between the pages of a repository that lead nowhere, one line each. `pages` has the
 * text of every Markdown file by its path; `exists` says whether any other path is there.
 */
export async function brokenLinks(
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => Promise<boolean>,
): Promise<string[]> {
  const broken: string[] = [];
  for (const [page, text] of pages) {
    for (const link of localLinks(text)) {
      const [file = "", anchor] = link.split("#", 2);
      const path = file === "" ? page : normalize(join(dirname(page), decodeURI(file)));
      const target = pages.get(path);
      if (target === undefined && !(await exists(path))) broken.push(`${page}: no file ${link}`);
      else if (anchor !== undefined && target !== undefined) {
        const has = anchorsOf(target).has(decodeURIComponent(anchor));
        if (!has) broken.push(`${page}: no heading ${link}`);
      }
    }
  }
  return broken;
}
