import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../../kernel/errors/catalogue.ts";
import { compileGlob } from "../../../oci/glob.ts";
import { compileClaimsCondition } from "../../access/conditions/compile.ts";
import type { TrustTerms } from "./rule.ts";
import { checkTerms, trustDomainOf } from "./rules.ts";
import { trustTemplates } from "./templates.ts";

const terms: TrustTerms = {
  name: "main branch",
  issuer: "https://ci.example.com",
  audience: "registry.example.com",
  subject: "repo:team/app:*",
};

function codeOf(changed: Partial<Record<keyof TrustTerms, unknown>>): string | undefined {
  try {
    checkTerms({ ...terms, ...changed } as TrustTerms);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

describe("terms", () => {
  test("are taken as they are, and what was left out is null", () => {
    expect(checkTerms(terms)).toEqual({ ...terms, jwksUrl: null, condition: null });
  });

  test.each([
    ["no name", { name: " " }, "trust.field_invalid"],
    ["a name that forges a line", { name: "a\nb" }, "trust.field_invalid"],
    ["a name that is no text", { name: 1 }, "trust.field_invalid"],
    ["no audience", { audience: "" }, "trust.field_invalid"],
    ["a huge audience", { audience: "a".repeat(256) }, "trust.field_invalid"],
    ["no subject", { subject: "" }, "trust.field_invalid"],
    ["a huge pattern", { subject: "a".repeat(300) }, "glob.invalid"],
    ["an issuer that is no URL", { issuer: "github" }, "trust.issuer_invalid"],
    ["an issuer with a query", { issuer: "https://a.example/?x" }, "trust.issuer_invalid"],
    ["an issuer with credentials", { issuer: "https://u@a.example" }, "trust.issuer_invalid"],
    ["another scheme", { issuer: "file:///etc/passwd" }, "trust.issuer_invalid"],
    ["a trust domain without keys", { issuer: "spiffe://a.example" }, "trust.issuer_invalid"],
    [
      "a path in a trust domain",
      { issuer: "spiffe://a/b", jwksUrl: "https://a.example" },
      "trust.issuer_invalid",
    ],
    ["everybody", { subject: "**" }, "trust.subject_open"],
    ["everybody, less plainly", { subject: "*:team" }, "trust.subject_open"],
  ])("%s is refused", (_, changed, code) => expect(codeOf(changed)).toBe(code));

  test("a trust domain with the place of its keys is an issuer", () => {
    const issuer = "spiffe://prod.example.com";
    expect(codeOf({ issuer, jwksUrl: "https://spire.example.com/keys" })).toBeUndefined();
  });
});

describe("an issuer that is open to everybody needs an owner in the subject", () => {
  const github = "https://token.actions.githubusercontent.com";
  test.each([
    "repo:org/app:ref:refs/heads/main",
    "repo:org/*:ref:refs/heads/main",
    "repo:org/**",
    "repository_owner_id:65:*",
    "repository_owner_id:65",
    "job_workflow_ref:org/flows/**",
  ])("%s has one", (subject) => expect(codeOf({ issuer: github, subject })).toBeUndefined());

  test.each([
    "repo:*",
    "repo:org*",
    "repo:org*/app:ref:refs/heads/main",
    "repo:o?g/app:ref:refs/heads/main",
    "repo:**/app:ref:refs/heads/main",
    "repository_owner_id:6*",
    "repository_owner:org*",
    "environment:production",
    "environment:production:**",
    "ref:refs/heads/main",
  ])("%s has none", (subject) => {
    expect(codeOf({ issuer: github, subject })).toBe("trust.subject_open");
    expect(codeOf({ issuer: `${github.toUpperCase()}/`, subject })).toBe("trust.subject_open");
  });

  test("whatever is taken matches no subject of another owner", () => {
    const piece = fc.constantFrom("repo:", "org", "/", "*", "**", "?", "app", ":", "ref:", "evil");
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (parts) => {
        const subject = parts.join("");
        if (codeOf({ issuer: github, subject }) !== undefined) return;
        const glob = compileGlob(subject);
        const owner = /^repo:([^/:]+)\//.exec(subject)?.[1];
        const stranger = owner === "stranger" ? "other" : "stranger";
        for (const rest of ["/app:ref:refs/heads/main", "/app", "/org", "/evil:ref:app"]) {
          expect(glob.test(`repo:${stranger}${rest}`)).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("trust domains", () => {
  test.each([
    ["spiffe://prod.example.com/ns/ci", "spiffe://prod.example.com"],
    ["spiffe://prod.example.com", "spiffe://prod.example.com"],
    ["spiffe://PROD/ns", undefined],
    ["spiffe://a@b/ns", undefined],
    ["spiffe:///ns", undefined],
    ["https://prod.example.com/ns", undefined],
    ["repo:team/app", undefined],
  ])("%s", (subject, domain) => expect(trustDomainOf(subject)).toBe(domain));
});

describe("templates", () => {
  test.each(trustTemplates.map((template) => [template.id, template] as const))(
    "%s makes a rule that is taken",
    (_, template) => {
      const filled = (text: string) =>
        text.replace(/\{(\w+)\}/g, (_, name) => {
          const blank = template.blanks.find((each) => each.name === name);
          if (blank === undefined) throw new Error(`nobody fills in ${name}`);
          return blank.example;
        });
      const { issuer, jwksUrl, audience, subject, condition } = template;
      checkTerms({
        name: template.title.en,
        issuer: filled(issuer),
        jwksUrl: jwksUrl === null ? null : filled(jwksUrl),
        audience: filled(audience),
        subject: filled(subject),
      });
      if (condition !== null) compileClaimsCondition(filled(condition));
      for (const { name } of template.claims) {
        compileClaimsCondition(`claims${name.startsWith("[") ? "" : "."}${name} == "x"`);
      }
    },
  );
});
