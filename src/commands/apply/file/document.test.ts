import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readDocuments } from "./document.ts";
import type { Problem } from "./problems.ts";
import { statementsOf } from "./statements.ts";

function faults(...texts: string[]): string[] {
  const problems: Problem[] = [];
  const documents = texts.flatMap((text, at) => readDocuments(text, `f${at}`, problems));
  statementsOf(documents, problems);
  return problems.map(({ at, words }) => `${at}: ${words.en}`);
}

describe("a file", () => {
  test.each<[what: string, text: string, said: RegExp]>([
    [
      "a slip of the pen",
      "projects:\n  a:\n    pubilc: yes\n",
      /^f0:3:5: .*pubilc; did you mean public\?$/,
    ],
    ["a field of nothing known", "zebra: 1\n", /^f0:1:1: there is no field zebra$/],
    [
      "a key twice",
      "roles:\n  a: {permissions: [x]}\n  a: {permissions: [y]}\n",
      /^f0:3:3: not valid YAML/,
    ],
    [
      "a wrong type",
      "projects:\n  a: {public: 'no'}\n",
      /^f0:2:15: projects\.a\.public: .*boolean/,
    ],
    ["a name with capitals", "projects:\n  Team: {}\n", /^f0:2:3: /],
    [
      "a name that is a number",
      "roles:\n  1.0: {permissions: [x]}\n",
      /^f0:2:3: write the name in quotes$/,
    ],
    [
      "a time that is none",
      "members:\n- {who: a, role: b, expires: 2031-02-30}\n",
      /^f0:2:30: .*not a time$/,
    ],
    ["what is missing", "members:\n- role: b\n", /^f0:2:3: members\.0\.who: /],
    ["an unknown tag", "projects: !!js/function 'x'\n", /^f0:1:11: not valid YAML/],
    ["a cut flow", "projects: {", /^f0:1:1[12]: not valid YAML/],
    ["another version", "version: 2\n", /^f0:1:10: version: /],
    ["a merge key", "x: &x {}\nprojects:\n  a:\n    <<: *x\n", /no field|name/],
    ["a list", "- a\n", /^f0:1:1: .*object/],
    ["a secret", "robots:\n  ci: {secret: x}\n", /^f0:2:8: there is no field secret/],
  ])("with %s is refused where it stands", (_, text, said) => {
    const [first = ""] = faults(text);
    expect(first).toMatch(said);
  });

  test("that is a bomb of repetitions is refused at once", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let at = 1; at < 12; at++) {
      lines.push(
        `a${at}: &a${at} [${Array(10)
          .fill(`*a${at - 1}`)
          .join(", ")}]`,
      );
    }
    expect(faults(lines.join("\n"))).toEqual([expect.stringContaining("repeats too much")]);
    expect(faults("projects: *nowhere")[0]).toMatch(/\*name|YAML/);
    expect(faults("projects: &p {a: *p}").length).toBeGreaterThan(0);
  });

  test("that is nested without an end is refused", () => {
    for (const depth of [30, 1_000, 200_000]) {
      expect(faults(`projects: ${"[".repeat(depth)}${"]".repeat(depth)}`)[0]).toContain("deep");
    }
  });

  test("may repeat itself a little", () => {
    const text = `roles: &own {pusher: {permissions: [repository:push]}}
projects: {a: {roles: *own}, b: {roles: *own}}
`;
    expect(faults(text)).toEqual([]);
    expect(faults(text.replace("permissions:", "permission:"))).toContain(
      "f0:1:23: there is no field permission; did you mean permissions?",
    );
  });

  test("and another say one project together, but nothing twice", () => {
    const one = "projects:\n  a:\n    public: true\n    members:\n    - {who: x, role: guest}\n";
    expect(faults(one, "projects:\n  a: {description: d, robots: {ci: {}}}\n")).toEqual([]);
    expect(faults(one, one)).toEqual([
      "f1:3:5: public of a is said here and at f0:3:5",
      "f1:5:7: x guest is said here and at f0:5:7",
    ]);
    expect(faults("members: [{who: a, role: b}, {who: 'user:a', role: b}]")).toHaveLength(1);
    expect(faults("members: [{who: a, role: b}, {who: a, role: b, condition: 'true'}]")).toEqual(
      [],
    );
    expect(faults("---\nroles: {}\n---\nroles: {}\n")).toEqual([]);
  });

  test("of any text is read without a fault of the program", () => {
    const piece = fc.constantFrom(
      ..."projects: |members:|roles:|- |a|: |{|}|[|]|\n|  |&x|*x|!!|'|\"|null|#|?|who|,|\t|---\n|%|<<".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        faults(pieces.join(""));
      }),
      { numRuns: 500 },
    );
  });
});
