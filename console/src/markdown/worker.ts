import { type MarkdownTree, treeOf } from "./tree.ts";

/** What the page sends: somebody's Markdown, and what footnotes are called in the reader's language. */
export interface Asked {
  readonly text: string;
  readonly footnoteLabel: string;
}

/** What it is sent: nothing once all is ready, and for what cannot be drawn. */
export type Told = MarkdownTree | undefined;

self.onmessage = ({ data: { text, footnoteLabel } }: MessageEvent<Asked>) => {
  const told: Told = treeOf(text, footnoteLabel);
  self.postMessage(told);
};

self.postMessage(undefined);
