import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { readMarkdown } from "./read.ts";
import { isTame } from "./rules.ts";

const Body = lazy(() =>
  import("./body.tsx").then(({ MarkdownBody }) => ({ default: MarkdownBody })),
);

/** Somebody's Markdown; what cannot be read as such is shown as it was written. */
export function Markdown({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const footnoteLabel = t("browse.footnotes");
  const { data: tree } = useQuery({
    queryKey: ["markdown", footnoteLabel, text],
    queryFn: () => (isTame(text) ? readMarkdown({ text, footnoteLabel }) : null),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const wait = <Skeleton height={96} aria-busy="true" />;
  if (tree === undefined) return wait;
  if (tree === null) return <Text className="wraps">{text}</Text>;
  return (
    <Suspense fallback={wait}>
      <Body tree={tree} />
    </Suspense>
  );
}
