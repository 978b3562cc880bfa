import { Anchor, Box, Code, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { lowerHeadings, webAddress } from "./rules.ts";

/** Nothing of it loads anything from anywhere, and nothing of it can be filled in. */
const SCHEMA = {
  ...defaultSchema,
  tagNames: defaultSchema.tagNames?.filter((name) => !["picture", "source"].includes(name)) ?? [],
};

const COMPONENTS: Components = {
  a({ href, children }) {
    const to = webAddress(href);
    if (to === undefined) return <span>{children}</span>;
    return (
      <Anchor inherit underline="always" href={to} rel="noopener noreferrer nofollow">
        {children}
      </Anchor>
    );
  },
  img: ({ alt }) => (
    <Text span fs="italic">
      {alt}
    </Text>
  ),
  input: ({ checked }) => <span>{checked ? "☑ " : "☐ "}</span>,
  pre: ({ children }) => (
    <Box component="pre" tabIndex={0} className="markdown-code">
      {children}
    </Box>
  ),
  code: ({ children }) => <Code>{children}</Code>,
  table: ({ children }) => (
    <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table withTableBorder>{children}</Table>
    </Table.ScrollContainer>
  ),
};

/** Markdown as a page: what it holds of HTML is text, its links lead to the web, its images are words. */
export function MarkdownBody({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  const footnoteLabel = t("browse.footnotes");
  return (
    <div className="markdown">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        remarkRehypeOptions={{ footnoteLabel }}
        rehypePlugins={[[rehypeSanitize, SCHEMA], () => lowerHeadings]}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
