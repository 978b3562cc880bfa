import { queryOptions } from "@tanstack/react-query";
import { readMarkdown } from "./read.ts";
import { isTame } from "./rules.ts";

/** Somebody's Markdown as it is drawn, and what draws it; null for what cannot be read as such. */
export function markdownQuery(text: string, footnoteLabel: string) {
  return queryOptions({
    queryKey: ["markdown", footnoteLabel, text],
    queryFn: async () => {
      if (!isTame(text)) return null;
      // What draws it comes with it: React holds back a part that it has to wait for by itself.
      const [tree, { MarkdownBody }] = await Promise.all([
        readMarkdown({ text, footnoteLabel }),
        import("./body.tsx"),
      ]);
      return tree === null ? null : { tree, MarkdownBody };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
