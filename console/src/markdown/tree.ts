import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { isSmall, lowerHeadings } from "./rules.ts";

/** Nothing of it loads anything from anywhere, and nothing of it can be filled in. */
const SCHEMA = {
  ...defaultSchema,
  tagNames: defaultSchema.tagNames?.filter((name) => !["picture", "source"].includes(name)) ?? [],
  attributes: { ...defaultSchema.attributes, img: ["alt"] },
};

/**
 * What a text says as Markdown: HTML in it is left out. Undefined for what would be too much to draw.
 * Takes long, or throws, for texts that were made to that end.
 */
export function treeOf(text: string, footnoteLabel: string) {
  const reader = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype, { footnoteLabel })
    .use(rehypeSanitize, SCHEMA);
  const tree = reader.runSync(reader.parse(text));
  if (!isSmall(tree)) return undefined;
  lowerHeadings(tree);
  return tree;
}

export type MarkdownTree = NonNullable<ReturnType<typeof treeOf>>;
