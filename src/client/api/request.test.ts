import { expect, test } from "bun:test";
import fc from "fast-check";
import document from "../../../docs/reference/openapi.json";
import { requestOf } from "./request.ts";
import { ways } from "./ways.gen.ts";

test("every operation of the document can be asked for, and no other", () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => [
      operationId,
      [method.toUpperCase(), path.slice("/api/v1".length)],
    ]),
  );
  expect(Object.entries(ways) as unknown[]).toEqual(described);
});

test("a parameter stays one segment of the path, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3, unit: "grapheme" }), (project) => {
      const { path } = requestOf("getProject", { params: { project } });
      const segments = path.split("/");
      expect(segments.length).toBe(3);
      expect(decodeURIComponent(segments[2] ?? "")).toBe(project);
      expect(new URL(path, "http://registry.test").pathname).toBe(path);
    }),
  );
});

test.each(["", ".", ".."])("%p would be resolved away, and is refused", (project) => {
  expect(() => requestOf("getProject", { params: { project } })).toThrow(RangeError);
});

test("query and body go as they are given", () => {
  expect(requestOf("listProjects", { query: { limit: 3, name: "a b" } })).toEqual({
    method: "GET",
    path: "/projects",
    query: { limit: 3, name: "a b" },
    body: undefined,
  });
  const body = { name: "team", public: true };
  expect(requestOf("createProject", { body })).toMatchObject({ method: "POST", body });
});
