import { Anchor, Box, Code, Table, Text } from "@mantine/core";
import { type Components, toJsxRuntime } from "hast-util-to-jsx-runtime";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";
import { webAddress } from "./rules.ts";
import type { MarkdownTree } from "./tree.ts";

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

/** Markdown that was read, as a page: its links lead to the web, its images are words. */
export function MarkdownBody({ tree }: { readonly tree: MarkdownTree }) {
  return (
    <div className="markdown">
      {toJsxRuntime(tree, {
        Fragment,
        jsx,
        jsxs,
        components: COMPONENTS,
        ignoreInvalidStyle: true,
      })}
    </div>
  );
}
