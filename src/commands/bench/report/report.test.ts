import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { BenchReport, Result } from "../run.ts";
import { figure, percent } from "./figure.ts";
import { escapeXml, renderSvg } from "./svg.ts";
import { columns, renderTable } from "./table.ts";

function result(fields: Partial<Result>): Result {
  return {
    workload: "W1",
    title: "manifests",
    variant: "c=1",
    name: "rate",
    unit: "req/s",
    better: "higher",
    median: 12_345.6,
    min: 12_000,
    max: 13_000,
    spread: 0.081,
    rounds: [12_000, 12_345.6, 13_000],
    ...fields,
  };
}

function report(fields: Partial<BenchReport>): BenchReport {
  return {
    url: "http://h:5000",
    http: "1.1",
    scale: "small",
    seed: "s",
    rounds: 3,
    startedAt: "2026-01-01T00:00:00.000Z",
    results: [
      result({}),
      result({ workload: "W4", title: "blobs", variant: "1 GiB <&>", name: "x" }),
    ],
    voidReasons: [],
    ...fields,
  };
}

describe("figures", () => {
  test.each([
    [12_345.6, "12,346"],
    [99.94, "99.9"],
    [0.123456, "0.123"],
    [0.00001234, "1.2e-5"],
    [0, "0"],
    [Number.NaN, "–"],
  ])("%p is written %s", (value, text) => {
    expect(figure(value)).toBe(text);
  });

  test("shares", () => {
    expect(percent(0.126)).toBe("13 %");
  });
});

describe("the table", () => {
  test("says what was measured, under the heading of its workload", () => {
    const text = renderTable(report({}));
    expect(text).toContain("http://h:5000, HTTP/1.1, scale small, 3 rounds");
    expect(text).toMatch(/W1 {2}manifests\nwhat +figure +median +unit/);
    expect(text).toMatch(/c=1 +rate +12,346 {2}req\/s +12,000 +13,000 +8 %/);
    expect(text).not.toContain("void");
  });

  test("a void run says so, and why", () => {
    expect(renderTable(report({ voidReasons: ["a hash"] }))).toEndWith(
      "This run is void:\n  a hash\n",
    );
  });

  test("columns line up whatever is in them", () => {
    const cell = fc.string({ maxLength: 12, unit: "grapheme-ascii" }).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const width = Math.max(...rows.map(([first]) => first.length));
        columns(rows, new Set()).forEach((line, index) => {
          const [first = "", second = ""] = rows[index] ?? [];
          expect(line).toBe(`${first.padEnd(width)}  ${second}`.trimEnd());
        });
      }),
    );
  });
});

describe("the chart", () => {
  test("a bar is as long as its share of the largest, and names are escaped", () => {
    const svg = renderSvg(
      report({
        results: [
          result({ variant: "half", median: 50, min: 50, max: 50 }),
          result({ variant: "<whole>", median: 100, min: 100, max: 100 }),
        ],
      }),
    );
    const widths = [...svg.matchAll(/<rect x="380"[^>]* width="([\d.]+)"/g)].map((match) =>
      Number(match[1]),
    );
    expect(widths).toEqual([210, 420]);
    expect(svg).toContain("&lt;whole&gt;: rate");
    expect(svg).not.toContain("<whole>");
  });

  test("no text can leave its element", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeXml(text)).not.toMatch(
          /[<>"\u0000-\u0008\u000b\u000c\u000e-\u001f]|&(?!amp;|lt;|gt;|quot;)/,
        );
      }),
    );
  });

  test("figures of nothing draw a chart all the same", () => {
    const none = result({ median: 0, min: 0, max: 0 });
    expect(renderSvg(report({ results: [none] }))).not.toContain("NaN");
    expect(renderSvg(report({ results: [], voidReasons: ["x"] }))).toContain("(void)");
  });
});
