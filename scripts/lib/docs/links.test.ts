import { expect, test } from "bun:test";
import { anchorsOf, brokenLinks, localLinks } from "./links.ts";

test("headings become anchors, also in Chinese and when they come again", () => {
  const page = [
    "# Behind a proxy",
    "## `code` and [a link](x.md)!",
    "## 修复损坏的 blob",
    "## Twice",
    "## Twice",
    "```sh",
    "# a comment, no heading",
    "```",
    '<a id="stamps"></a>',
  ].join("\n");
  expect([...anchorsOf(page)]).toEqual([
    "behind-a-proxy",
    "code-and-a-link",
    "修复损坏的-blob",
    "twice",
    "twice-1",
    "stamps",
  ]);
});

test("links are found in every form, and not inside code or to other hosts", () => {
  const page = [
    "[a](a.md) and [b](<b.md>) ![c](c.svg) [d](https://example.com/d.md) [e](mailto:e@example.com)",
    "`[no](no.md)` [f](#f)",
    "```",
    "[no](no.md)",
    "```",
    "[g]: g.md",
    '<img alt="" src="h.svg">',
  ].join("\n");
  expect(localLinks(page).sort()).toEqual(["#f", "a.md", "b.md", "c.svg", "g.md", "h.svg"].sort());
});

test("a link is broken without its file or its heading", async () => {
  const pages = new Map([
    ["README.md", "# Top\n[1](docs/a.md#here) [2](docs/a.md#there) [3](#top) [4](LICENSE)"],
    ["docs/a.md", "# Here\n[5](../README.md#bottom) [6](gone.md) [7](../examples/) [8](../gone)"],
  ]);
  const there = ["LICENSE", "examples/"];
  expect(await brokenLinks(pages, async (path) => there.includes(path))).toEqual([
    "README.md: no heading docs/a.md#there",
    "docs/a.md: no heading ../README.md#bottom",
    "docs/a.md: no file gone.md",
    "docs/a.md: no file ../gone",
  ]);
});
