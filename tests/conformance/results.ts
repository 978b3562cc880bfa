import { parse } from "yaml";

const STATUSES = ["Pass", "Skip", "Disabled", "FAIL", "Error", "Unknown"] as const;
export type Status = (typeof STATUSES)[number];

export interface SuiteTest {
  /** Full name, such as `OCI Conformance Test/sha256 blobs/mount/blob-mount`. */
  readonly name: string;
  readonly status: Status;
}

/** What the suite wrote down: its level, the API groups, the data sets. */
export interface Results {
  readonly version: string;
  readonly apis: Readonly<Record<string, Status>>;
  readonly data: Readonly<Record<string, Status>>;
}

function status(value: unknown): Status {
  const found = STATUSES.find((one) => one === value);
  if (found === undefined) throw new Error(`the suite knows no status ${JSON.stringify(value)}`);
  return found;
}

function statuses(value: unknown, where: string): Record<string, Status> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`results.yaml has no ${where}`);
  }
  const entries = Object.entries(value).map(([name, one]) => [name, status(one)] as const);
  if (entries.length === 0) throw new Error(`results.yaml has an empty ${where}`);
  return Object.fromEntries(entries);
}

/** Reads `results.yaml`; throws when it is empty or of another shape. */
export function parseResults(text: string): Results {
  const value: unknown = parse(text);
  if (typeof value !== "object" || value === null) throw new Error("results.yaml is empty");
  const { config, apis, data } = value as Record<string, unknown>;
  const version = (config as Record<string, unknown> | undefined)?.version;
  return {
    version: String(version),
    apis: statuses(apis, "apis"),
    data: statuses(data, "data"),
  };
}

/** Reads the tree of tests that the suite prints: a line a test, with its status at the end. */
export function parseTree(output: string): SuiteTest[] {
  const tests: SuiteTest[] = [];
  for (const line of output.split("\n")) {
    const match = /^\s*(OCI Conformance Test\b.*): (\w+)$/.exec(line);
    if (match) tests.push({ name: match[1] ?? "", status: status(match[2]) });
  }
  return tests;
}

/** A level of the specification that the suite can be asked for. */
export type Level = "1.1" | "dev";

/** How a level calls itself in the results, and what it leaves out unless asked to do it. */
const LEVELS: Readonly<Record<Level, { version: string; leftOut: readonly string[] }>> = {
  // Cancelling an upload and the `tag` parameter came after 1.1.
  "1.1": {
    version: "1.1",
    leftOut: [
      ...["Blob upload cancel", "Manifest put with tag params"],
      ...["Sparse Manifests", "Tag Param", "Tag Param sha512"],
      "OCI Conformance Test/sha256 blobs/post cancel/blob-post-cancel",
      "OCI Conformance Test/sha512 blobs/post cancel/blob-post-cancel",
    ],
  },
  dev: { version: "dev", leftOut: ["Sparse Manifests"] },
};

/** What the pinned suite has at least; fewer means that it stopped on the way. */
const AT_LEAST = { tests: 750, apis: 28, data: 24 };

/**
 * Everything that speaks against a run: a failure, an error, a skip, something disabled that the
 * level does not leave out by itself, or less than the suite has. An empty list is a pass.
 */
export function problems(level: Level, results: Results, tests: readonly SuiteTest[]): string[] {
  const { version, leftOut } = LEVELS[level];
  const found: string[] = [];
  if (results.version !== version) found.push(`ran at level ${results.version}, not ${version}`);
  const judge = (kind: string, name: string, status: Status) => {
    if (status === "Pass" || (status === "Disabled" && leftOut.includes(name))) return;
    found.push(`${kind} ${name}: ${status}`);
  };
  for (const [name, one] of Object.entries(results.apis)) judge("API", name, one);
  for (const [name, one] of Object.entries(results.data)) judge("data", name, one);
  for (const test of tests) judge("test", test.name, test.status);
  const counts = {
    tests: tests.length,
    apis: Object.keys(results.apis).length,
    data: Object.keys(results.data).length,
  };
  for (const kind of ["tests", "apis", "data"] as const) {
    const least = AT_LEAST[kind];
    if (counts[kind] < least) found.push(`only ${counts[kind]} ${kind}, expected ${least} or more`);
  }
  return found;
}
