import { expect, test } from "bun:test";
import fc from "fast-check";
import { loginProviders, providersDocs } from "./providers.ts";

const kind = loginProviders();

/** What the loader would say, in English; empty when it is taken. */
function problems(input: unknown): string[] {
  const read = kind.schema.safeParse(input);
  return read.error?.issues.map((issue) => issue.message) ?? [];
}

const ldap = (more: object = {}) => ({
  ...{ type: "ldap", name: "corp", urls: "ldaps://a.example", users: { base: "dc=x" } },
  ...more,
});
const oidc = (more: object = {}) => ({
  ...{ type: "oidc", name: "sso", issuer: "https://id.example", client_id: "x" },
  ...more,
});

test("the default is our own accounts, given as text or as a list", () => {
  const local = [{ type: "local", name: "local", label: "" }] as never;
  expect(kind.schema.parse(providersDocs.default)).toEqual(local);
  expect(kind.schema.parse([{ type: "local" }])).toEqual(local);
});

test("problems name the provider and the option, in both languages", () => {
  const cases: [unknown, string][] = [
    [[{ type: "ldap", name: "corp" }], '1 "corp": `urls`: missing'],
    [[ldap({ users: { base: "x" } })], "`users.base`: not possible; allowed: a distinguished name"],
    [[ldap({ users: { base: "dc=x", filters: "" } })], "did you mean `filter`?"],
    [[ldap({ users: { base: "dc=x", filter: "(uid=ann)" } })], "`users.filter`"],
    [[ldap({ users: { base: "dc=x", filter: "(uid={{name}})(a=b)" } })], "`users.filter`"],
    [[ldap({ users: { base: "dc=x", filter: "(uid={{nam}})" } })], "`users.filter`"],
    [[ldap({ urls: "ldap://a.example", start_tls: false })], "`start_tls`"],
    [[ldap({ urls: "http://a.example" })], "`urls`"],
    [[ldap({ bind_dn: "cn=x" })], "`bind_password`: missing"],
    [[ldap({ bind_dn: "cn=x", bind_password: "a", bind_password_file: "b" })], "given twice"],
    [[ldap({ groups: { by: "search" } })], "`groups.base`: missing"],
    [[ldap({ groups: { by: "attribute", nested: "in_chain" } })], "`groups.nested`"],
    [[oidc({ issuer: "http://id.example" })], "`issuer`"],
    [[oidc({ issuer: "https://id.example/?a" })], "`issuer`"],
    [[oidc({ scopes: ["profile"] })], "`openid` is missing"],
    [[oidc({ allowed_groups: ["a"] })], "`claims.groups`: missing"],
    [[oidc(), oidc({ name: "other" })], "is there twice"],
    [[ldap(), ldap()], 'name "corp" is taken'],
    [[ldap({ name: "local" })], 'name "local" is taken'],
    [[{ type: "local", name: "ours" }], "called `local`"],
    [[{ type: "saml", name: "x" }], "allowed: `local`"],
    [[3], "must hold options"],
    ["{", "must be a list"],
  ];
  for (const [input, words] of cases) {
    expect(problems(input).join("\n")).toContain(words);
    const issues = kind.schema.safeParse(input).error?.issues ?? [];
    for (const issue of issues) {
      const params = issue.code === "custom" ? issue.params : undefined;
      expect(params?.zh).toMatch(/\p{Script=Han}/u);
    }
  }
});

test("plain LDAP and plain HTTP are for this machine only", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    expect(problems([ldap({ urls: `ldap://${host}:389`, start_tls: false })])).toEqual([]);
    expect(problems([oidc({ issuer: `http://${host}:8080` })])).toEqual([]);
  }
  for (const host of ["127.0.0.1.example", "localhost.example", "10.0.0.1"]) {
    expect(problems([ldap({ urls: `ldap://${host}`, start_tls: false })])).not.toEqual([]);
    expect(problems([oidc({ issuer: `http://${host}` })])).not.toEqual([]);
  }
});

test("secrets are never shown, and never part of a problem", () => {
  const bind = { bind_dn: "cn=x", bind_password: "very-secret" };
  const read = kind.schema.parse([ldap(bind), oidc({ client_secret: "very-secret" })]);
  expect(JSON.stringify(kind.show(read))).not.toContain("very-secret");
  expect(JSON.stringify(read)).not.toContain("very-secret");
  const [directory] = read;
  expect(directory?.type === "ldap" && directory.bindPassword?.reveal()).toBe("very-secret");
  const wrong = [ldap({ bind_password: ["very-secret"] }), oidc({ very: 1, client_secret: {} })];
  expect(problems(wrong).length).toBe(3);
  expect(problems(wrong).join()).not.toContain("very-secret");
});

test("what is shown can be read again and means the same", () => {
  const given = [{ type: "local" }, ldap(), oidc(), { type: "htpasswd", name: "f", file: "/x" }];
  const read = kind.schema.parse(given);
  const shown = kind.show(read) as Record<string, unknown>[];
  const again = shown.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== "")),
  );
  const groups = Object.entries(again[1]?.groups as object).filter(([, value]) => value !== "");
  expect(
    kind.schema.parse([
      again[0],
      { ...again[1], groups: Object.fromEntries(groups) },
      ...again.slice(2),
    ]),
  ).toEqual(read);
});

test("any value is taken or refused in words", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const input of [
        value,
        [value],
        [ldap(value as object)],
        [{ ...oidc(), claims: value }],
      ]) {
        const read = kind.schema.safeParse(input);
        if (!read.success) expect(read.error.issues[0]?.message).not.toBe("");
      }
    }),
  );
});
