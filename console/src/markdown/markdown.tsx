import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { markdownQuery } from "./markdown-query.ts";

/** Somebody's Markdown; what cannot be read as such is shown as it was written. */
export function Markdown({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const { data: read } = useQuery(markdownQuery(text, t("browse.footnotes")));
  if (read === undefined) return <Skeleton height={96} aria-busy="true" />;
  if (read === null) return <Text className="wraps">{text}</Text>;
  return <read.MarkdownBody tree={read.tree} />;
}
