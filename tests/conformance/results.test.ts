import { describe, expect, test } from "bun:test";
import { parseResults, parseTree, problems, type Results, type SuiteTest } from "./results.ts";

const APIS = Array.from({ length: 28 }, (_, number) => [`api ${number}`, "Pass"] as const);
const DATA = Array.from({ length: 24 }, (_, number) => [`data ${number}`, "Pass"] as const);
const TESTS: SuiteTest[] = Array.from({ length: 750 }, (_, number) => ({
  name: `OCI Conformance Test/${number}`,
  status: "Pass",
}));
const CLEAN: Results = {
  version: "1.1",
  apis: Object.fromEntries(APIS),
  data: Object.fromEntries(DATA),
};

describe("the conformance suite's results", () => {
  test("a run in which everything passed has no problems", () => {
    expect(problems("1.1", CLEAN, TESTS)).toEqual([]);
  });

  test.each(["Skip", "FAIL", "Error", "Unknown", "Disabled"] as const)(
    "%s counts as a failure wherever it stands",
    (status) => {
      const data = { ...CLEAN.data, Image: status };
      const apis = { ...CLEAN.apis, Referrers: status };
      const tests: SuiteTest[] = [...TESTS, { name: "OCI Conformance Test/x", status }];
      expect(problems("1.1", { ...CLEAN, data, apis }, tests)).toEqual([
        `API Referrers: ${status}`,
        `data Image: ${status}`,
        `test OCI Conformance Test/x: ${status}`,
      ]);
    },
  );

  test("what a level leaves out by itself may be disabled, at that level only", () => {
    const results: Results = { ...CLEAN, data: { ...CLEAN.data, "Tag Param": "Disabled" } };
    expect(problems("1.1", results, TESTS)).toEqual([]);
    expect(problems("dev", { ...results, version: "dev" }, TESTS)).toEqual([
      "data Tag Param: Disabled",
    ]);
  });

  test("a run that stopped early or ran at another level is no pass", () => {
    expect(problems("dev", CLEAN, TESTS.slice(1))).toEqual([
      "ran at level 1.1, not dev",
      "only 749 tests, expected 750 or more",
    ]);
  });

  test("an empty or half-written file is refused", () => {
    expect(() => parseResults("")).toThrow("empty");
    expect(() => parseResults("config: {version: '1.1'}")).toThrow("no apis");
    expect(() => parseResults("apis: {}\ndata: {}")).toThrow("empty apis");
    expect(() => parseResults("apis: {a: Pass}\ndata: {b: Perhaps}")).toThrow("Perhaps");
  });

  test("the printed tree is read line by line, words of errors apart", () => {
    const output = [
      "Test results",
      "OCI Conformance Test: FAIL",
      "  OCI Conformance Test/sha256 blobs/range requests: Pass",
      "   - unexpected status code: 500",
      "  OCI Conformance Test/empty: Skip",
    ].join("\n");
    expect(parseTree(output)).toEqual([
      { name: "OCI Conformance Test", status: "FAIL" },
      { name: "OCI Conformance Test/sha256 blobs/range requests", status: "Pass" },
      { name: "OCI Conformance Test/empty", status: "Skip" },
    ]);
  });
});
