import { treeOf } from "./tree.ts";

/** What the page sends: somebody's Markdown, and what footnotes are called in the reader's language. */
export interface Asked {
  readonly text: string;
  readonly footnoteLabel: string;
}

self.onmessage = ({ data: { text, footnoteLabel } }: MessageEvent<Asked>) => {
  self.postMessage(treeOf(text, footnoteLabel));
};
