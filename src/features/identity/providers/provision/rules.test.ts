import { expect, test } from "bun:test";
import fc from "fast-check";
import { isName, isReserved } from "../../users/rules.ts";
import { keptText, linkedGroups, nameChoices } from "./rules.ts";
import { normalDn } from "./rules-dn.ts";

test("spellings of one distinguished name are one", () => {
  const same = [
    "CN=Admins,OU=Groups,DC=example,DC=org",
    "cn=admins, ou=groups ,dc=Example,dc=org",
    "cn = ADMINS,ou=groups,dc=example,dc=org",
    "cn=\\41dmins,ou=groups,dc=example,dc=org",
    "cn=\\61dmins,ou=groups,dc=example,dc=org",
  ];
  expect(new Set(same.map(normalDn)).size).toBe(1);
  expect(normalDn("cn=a+sn=b,dc=x")).toBe(normalDn("SN=B+CN=A,DC=X"));
  expect(normalDn("cn=Sm\\C3\\BCth\\, Inc,dc=x")).toBe(normalDn("cn=smüth\\, inc,dc=x"));
});

test("different names stay different, and what is no name is none", () => {
  const names = ["cn=a,dc=x", "cn=a\\,dc=x", "cn=a+dc=x", "cn=a b,dc=x", "cn=ab,dc=x"];
  expect(new Set(names.map(normalDn)).size).toBe(names.length);
  for (const text of ["", "a", "=a", "cn=a,", "cn=a\\", "cn=a,,dc=x", `cn=${"a".repeat(5_000)}`]) {
    expect(normalDn(text)).toBeUndefined();
  }
});

test("a value never reads like another name, whatever it holds", () => {
  const value = fc.string({ unit: fc.constantFrom("a", ",", "=", "+", "\\", "1", ":", "c") });
  const escaped = (text: string) => text.replace(/[,+\\="<>;#]/g, "\\$&");
  fc.assert(
    fc.property(value, value, (one, two) => {
      const equal = normalDn(`cn=${escaped(one)},dc=x`) === normalDn(`cn=${escaped(two)},dc=x`);
      expect(equal).toBe(one === two);
    }),
  );
});

test("links are compared as the provider's names are", () => {
  const links = [
    { groupId: "1", externalName: "CN=A,DC=x" },
    { groupId: "2", externalName: "no dn" },
    { groupId: "1", externalName: "cn=b,dc=x" },
  ];
  expect(linkedGroups(["cn=a,dc=X", "cn=b,dc=x"], "dn", links)).toEqual(["1"]);
  expect(linkedGroups(["cn=a,dc=X", "no dn"], "exact", links)).toEqual(["2"]);
  expect(linkedGroups(["also no dn"], "dn", links)).toEqual([]);
});

test("every name that a new account can get is one, and free for people", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, numbered) => {
      const choices = nameChoices(text, numbered);
      for (const name of choices) {
        expect(isName(name)).toBe(true);
        expect(isReserved(name)).toBe(false);
      }
      expect(new Set(choices).size).toBe(choices.length);
    }),
  );
  expect(nameChoices("admin", false)).toEqual([]);
  expect(nameChoices("Admin@example.org", true).slice(0, 2)).toEqual(["admin-2", "admin-3"]);
  expect(nameChoices("robot+p+x", false)).toEqual(["robot-p-x"]);
});

test("texts are kept as one bounded line", () => {
  expect(keptText(" a\r\nb\u2028c ")).toBe("a b c");
  expect(keptText("\n")).toBeUndefined();
  expect([...(keptText("😀".repeat(500)) ?? "")].length).toBe(256);
});
