import { expect, test } from "bun:test";
import fc from "fast-check";
import { spellings } from "./keys.ts";
import { suggest } from "./suggest.ts";

const known = [...spellings.keys()];

test.each([
  ["server.lisetn", "server.listen"],
  ["server.publicUrl", "server.public_url"],
  ["Server.Listen", "server.listen"],
  ["listen", "server.listen"],
  ["log.lvel", "log.level"],
  ["databse", "database"],
])("%s means %s", (given, meant) => {
  expect(suggest(given, known)).toBe(meant);
});

test.each(["zzzzzz", "", "completely.unrelated_thing"])("%p means nothing", (given) => {
  expect(suggest(given, known)).toBeUndefined();
});

test("what is far too long is not even compared", () => {
  expect(suggest("x".repeat(1_000_000), known)).toBeUndefined();
});

test("one wrong letter in a key of some length is understood", () => {
  const long = known.filter((name) => name.length >= 12);
  fc.assert(
    fc.property(fc.constantFrom(...long), fc.nat(), (name, at) => {
      const index = at % name.length;
      const slip = `${name.slice(0, index)}q${name.slice(index + 1)}`;
      expect(suggest(slip, known)).toBeDefined();
    }),
  );
});
