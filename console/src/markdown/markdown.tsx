import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readMarkdown } from "./read.ts";
import { isTame } from "./rules.ts";

/** Somebody's Markdown; what cannot be read as such is shown as it was written. */
export function Markdown({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const footnoteLabel = t("browse.footnotes");
  const { data: read } = useQuery({
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
  if (read === undefined) return <Skeleton height={96} aria-busy="true" />;
  if (read === null) return <Text className="wraps">{text}</Text>;
  return <read.MarkdownBody tree={read.tree} />;
}
