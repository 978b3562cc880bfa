import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { actionOf, resourceOf, whoOf } from "./access.ts";
import { Complaint, EXIT } from "./complaint.ts";
import { subjectOf } from "./find.ts";
import { fillTemplate } from "./trust-template.ts";
import { limitOf, momentAfter, momentBefore, seconds, timeText } from "./values.ts";

function misuseOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Complaint && error.exit === EXIT.usage) return error.words.en;
    throw error;
  }
  throw new Error("it was understood");
}

describe("times", () => {
  test.each([
    ["90d", 1_000 + 90 * 86_400_000],
    ["1h30m", 1_000 + 5_400_000],
    ["2027-01-31", Date.UTC(2027, 0, 31)],
    ["2027-01-31T08:00+08:00", Date.UTC(2027, 0, 31)],
    ["2027-01-31 08:00:01.5Z", Date.UTC(2027, 0, 31, 8, 0, 1, 500)],
  ])("%s after 1,000", (text, time) => {
    expect(momentAfter(text, 1_000)).toBe(time);
  });

  test("may lie in the past", () => {
    expect(momentBefore("1s", 5_000)).toBe(4_000);
    expect(momentBefore(undefined, 5_000)).toBeUndefined();
  });

  test.each(["soon", "90", "2027-13-41", "2027-01-31Tx", ""])("%j is none", (text) => {
    expect(misuseOf(() => momentAfter(text, 0))).toContain("is no");
  });

  test("are printed in UTC, to the second", () => {
    expect(timeText(Date.UTC(2027, 0, 31, 8, 0, 1, 500))).toBe("2027-01-31T08:00:01Z");
    expect(timeText(null)).toBeNull();
  });

  test("in seconds are never less than what was asked for", () => {
    expect(seconds("1500ms")).toBe(2);
    expect(seconds(undefined)).toBeUndefined();
  });
});

describe("limits", () => {
  test("are actions at repositories", () => {
    expect(limitOf("pull,push@team/**,app")).toEqual({
      actions: ["repository:pull", "repository:push"],
      repositories: ["team/**", "app"],
    });
    expect(limitOf("*@**").actions).toEqual(["*"]);
    expect(limitOf("project:read@team/*").actions).toEqual(["project:read"]);
  });

  test.each(["", "pull", "@team", "pull@", "a@b@c", ",@,"])("%j is none", (text) => {
    expect(misuseOf(() => limitOf(text))).toContain("is no limit");
  });
});

describe("what a decision is about", () => {
  test.each([
    ["registry", { kind: "registry" }],
    ["project:team", { kind: "project", name: "team" }],
    ["team/app", { kind: "repository", name: "team/app", tag: undefined }],
    ["team/app:v1", { kind: "repository", name: "team/app", tag: "v1" }],
  ])("%s", (text, resource) => {
    expect(resourceOf(text)).toEqual(resource as ReturnType<typeof resourceOf>);
  });

  test.each(["", ":v1", "team/app:", "a:b:c"])("is not %j", (text) => {
    expect(misuseOf(() => resourceOf(text))).toContain("is nothing to act on");
  });

  test("is done by somebody", () => {
    expect(whoOf(undefined)).toBeUndefined();
    expect(whoOf("anonymous")).toEqual({ kind: "anonymous" });
    expect(whoOf("user:anonymous")).toEqual({ kind: "user", name: "anonymous" });
    expect(whoOf("robot+team+ci")).toEqual({ kind: "robot", name: "robot+team+ci" });
  });

  test("is an action that there is", () => {
    expect(actionOf("push")).toBe("repository:push");
    expect(actionOf("project:read")).toBe("project:read");
    expect(misuseOf(() => actionOf("fly"))).toContain("there is no action fly");
  });

  test.each([
    ["everyone", { kind: "everyone", name: null }],
    ["authenticated", { kind: "authenticated", name: null }],
    ["group:makers", { kind: "group", name: "makers" }],
    ["user:everyone", { kind: "principal", name: "everyone" }],
    ["robot+a+b", { kind: "principal", name: "robot+a+b" }],
    ["ada", { kind: "principal", name: "ada" }],
  ] as const)("is given to %s", (text, subject) => {
    expect(subjectOf(text)).toEqual(subject);
  });
});

describe("a template of a trust rule", () => {
  const template = {
    id: "x",
    title: { en: "X", zh: "X" },
    issuer: "https://{host}",
    jwksUrl: null,
    audience: "{host}",
    subject: "repo:{repo}",
    condition: 'claims.repo == "{repo}"',
    blanks: [
      { name: "host", example: "h" },
      { name: "repo", example: "r" },
    ],
  };

  test("is filled in", () => {
    expect(fillTemplate(template, ["host=h.example", "repo=a/{host}=b"])).toEqual({
      issuer: "https://h.example",
      audience: "h.example",
      subject: "repo:a/{host}=b",
      condition: 'claims.repo == "a/{host}=b"',
    });
  });

  test("wants every blank, and no other", () => {
    expect(misuseOf(() => fillTemplate(template, ["host=h"]))).toBe("fill by --set: repo");
    for (const set of ["hosts=h", "host", "host=", "=h"]) {
      expect(misuseOf(() => fillTemplate(template, [set, "repo=r"]))).toContain("cannot use --set");
    }
  });

  test("keeps what is filled in inside the texts of its condition", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (repo) => {
        let condition: string | undefined;
        try {
          condition = fillTemplate(template, ["host=h", `repo=${repo}`]).condition;
        } catch (error) {
          expect(error).toBeInstanceOf(Complaint);
          return;
        }
        expect(condition).toMatch(/^claims\.repo == "[^"\\\n\r]*"$/);
      }),
    );
    for (const repo of ['a" || true || "', "a\\", "a\nb", "a'"]) {
      expect(misuseOf(() => fillTemplate(template, ["host=h", `repo=${repo}`]))).toContain(
        "quotes",
      );
    }
  });
});
