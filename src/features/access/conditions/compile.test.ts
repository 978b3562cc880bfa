import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { compileClaimsCondition, compileCondition } from "./compile.ts";
import type { ConditionFacts } from "./condition.ts";

const facts: ConditionFacts = {
  address: "10.1.2.3",
  time: Date.UTC(2026, 10, 20, 12, 30),
  secondFactor: true,
  via: "workload",
  action: "repository:push",
  project: "team",
  repository: "team/app",
  tag: "v1",
  principalName: "alice",
  principalKind: "user",
  claims: { sub: "repo:acme/app", n: 3, groups: ["a", "b"], deep: { ok: true } },
};

function codeOf(text: string): string {
  try {
    compileCondition(text);
    return "fine";
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe("a condition sees", () => {
  test.each([
    ['request.address == "10.1.2.3"', true],
    ['inNetwork(request.address, "10.0.0.0/8")', true],
    ['inNetwork(request.address, "192.168.0.0/16")', false],
    ['request.time > timestamp("2026-01-01T00:00:00Z")', true],
    ['request.time - timestamp("2026-11-20T12:00:00Z") == duration("30m")', true],
    ["request.time.getHours() == 12", true],
    ['request.time.getHours("Asia/Shanghai") == 20', true],
    ["request.second_factor", true],
    ['request.via == "workload"', true],
    ['action == "repository:push"', true],
    ['action in ["repository:pull", "repository:push"]', true],
    ['resource.project == "team" && resource.repository == "team/app"', true],
    ['matchesGlob(resource.tag, "v*")', true],
    ['matchesGlob(resource.repository, "other/**")', false],
    ['principal.name == "alice" && principal.kind == "user"', true],
    ['claims.sub == "repo:acme/app"', true],
    ['claims["sub"].startsWith("repo:acme/")', true],
    ["claims.n == 3", true],
    ['claims.groups.exists(g, g == "b")', true],
    ['"b" in claims.groups', true],
    ["claims.deep.ok == true", true],
    ["has(claims.other) && claims.other == 1", false],
    ["!request.second_factor", false],
    ['claims.other == "x" || request.second_factor', true],
  ])("%s: %p", (text, met) => {
    expect(compileCondition(text).test(facts)).toEqual({ met, error: null });
  });
});

describe("a condition that cannot be evaluated is not met, and says so", () => {
  test.each([
    'claims.other == "x"',
    "claims.sub > 3",
    'inNetwork(claims.n, "10.0.0.0/8")',
    "claims.constructor == 1",
    'claims["__proto__"] == 1',
    "claims.toString == 1",
  ])("%s", (text) => {
    const { met, error } = compileCondition(text).test(facts);
    expect(met).toBe(false);
    expect(error).toBeString();
  });
});

describe("refused when it is saved", () => {
  test.each([
    ["1 +", "condition.syntax"],
    ["", "condition.syntax"],
    ['request.adress == "x"', "condition.type"],
    ['user.name == "x"', "condition.type"],
    ["action == 1", "condition.type"],
    ["inNetwork(request.address, 5)", "condition.type"],
    ["request.constructor == 1", "condition.type"],
    ["action", "condition.not_boolean"],
    ["claims.sub", "condition.not_boolean"],
    ['"a" + "b"', "condition.not_boolean"],
    ['action.matches("(a+)+$")', "condition.function"],
    ['b"{}".json() == claims', "condition.function"],
    ["claims.groups.map(g, g) == []", "condition.function"],
    ['action.split("") == []', "condition.function"],
    ["cel.bind(x, 1, x == 1)", "condition.function"],
    ["claims.toString()", "condition.function"],
    ["fetch(action)", "condition.function"],
    ['inNetwork(request.address, "10.0.0.1/8")', "condition.value"],
    ['request.time.getHours("Mars/Olympus") == 1', "condition.value"],
    ['duration(claims.sub) == duration("1h")', "condition.value"],
    ['duration("1 hour") == duration("1h")', "condition.value"],
    ['matchesGlob(action, "")', "glob.invalid"],
    ["claims.a.exists(x, claims.b.exists(y, x == y))", "condition.too_large"],
    [Array(5).fill("claims.a.exists(x, x == 1)").join(" || "), "condition.too_large"],
    [Array(300).fill("true").join(" && "), "condition.too_large"],
    [`${"(".repeat(60)}true${")".repeat(60)}`, "condition.too_large"],
    [`action == "${"x".repeat(2_000)}"`, "condition.too_large"],
  ])("%s: %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test("with the position and the words", () => {
    const refused = () => compileCondition('action == "x" && adress == "y"');
    expect(refused).toThrow(
      expect.objectContaining({
        status: 400,
        details: expect.objectContaining({ position: 18, problem: "Unknown variable: adress" }),
      }),
    );
  });

  test("any text, without a fault of ours", () => {
    const words = fc.constantFrom(
      ..."action request . address claims ( ) [ ] == && || ! \" ' x 1 exists in has , ? : { }".split(
        " ",
      ),
    );
    const near = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(" "));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        expect(codeOf(text)).toBeString();
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("what a condition sees can never become code", () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '" || true || "',
      "') || true //",
      "#{true}",
      "true",
      "__proto__",
      "constructor",
      '"\\u0022 || true',
    ),
    fc.string(),
  );
  test("values of every variable", () => {
    const condition = compileCondition(
      'principal.name == "alice" && request.via == "password" && resource.tag == "v1" && claims.sub == "me"',
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (name, via, tag, sub) => {
        const given = { ...facts, principalName: name, via: via as string, tag, claims: { sub } };
        const right = name === "alice" && via === "password" && tag === "v1" && sub === "me";
        expect(condition.test(given).met).toBe(right);
      }),
    );
  });

  test("claims whose names are those of an object's own", () => {
    const claims = JSON.parse('{"__proto__": {"sub": "me"}, "constructor": "me"}');
    expect(compileCondition('claims.sub == "me"').test({ ...facts, claims }).met).toBe(false);
    expect(compileCondition("has(claims.sub) || false").test({ ...facts, claims }).met).toBe(false);
  });
});

test("too many claims are not looked at", () => {
  const groups = Array.from({ length: 600 }, (_, at) => `g${at}`);
  const condition = compileCondition('"g1" in claims.groups');
  expect(condition.test({ ...facts, claims: { groups } })).toEqual({
    met: false,
    error: "there are too many claims",
  });
  expect(condition.test({ ...facts, claims: { groups: groups.slice(0, 400) } }).met).toBe(true);
});

test("a condition over claims sees claims only", () => {
  const condition = compileClaimsCondition('claims.ref == "refs/heads/main"');
  expect(condition.test({ ref: "refs/heads/main" }).met).toBe(true);
  expect(condition.test({ ref: "refs/heads/dev" }).met).toBe(false);
  expect(condition.test({}).error).toBeString();
  expect(() => compileClaimsCondition('request.via == "x"')).toThrow("Unknown variable: request");
});
