import { describe, expect, test } from "bun:test";
import { apiDoor } from "./door.ts";
import type { ApiParts } from "./parts.ts";
import { type AnyRoute, route } from "./route.ts";
import { nothing } from "./shapes.ts";

/** The routes are judged before anything of this is used. */
const parts = {} as ApiParts;

const good: AnyRoute = route({
  method: "post",
  path: "/things",
  id: "makeThing",
  tag: "system",
  summary: { en: "Make a thing", zh: "创建" },
  action: "system:update",
  params: nothing,
  query: nothing,
  body: undefined,
  answer: nothing,
  handle: () => ({ body: {} }),
});

const start = (...routes: readonly AnyRoute[]) => apiDoor(routes, parts, () => "id");

describe("the program does not start (law 5, A27) with a route", () => {
  test.each(["", "public ", "system:", "system:everything", "toString", "*"])(
    "of action %p",
    (action) => {
      const bad = { ...good, action: action as "public" };
      expect(() => start(bad)).toThrow("declares no action");
    },
  );

  test("of a kind that nobody counts", () => {
    expect(() => start({ ...good, tag: "other" })).toThrow("unknown tag");
  });

  test("that is there already, by its path or by its name", () => {
    expect(() => start(good, { ...good, id: "other" })).toThrow("declared twice");
    expect(() => start(good, { ...good, path: "/other" })).toThrow("declared twice");
  });

  test("that changes something by GET (A44)", () => {
    expect(() => start({ ...good, method: "get", stepUp: true })).toThrow("a GET changes nothing");
  });
});

test("it starts with a route that declares what it does", () => {
  expect(start(good)).toBeFunction();
});
