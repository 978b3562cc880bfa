import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { fieldsOf, targetOf } from "../../src/commands/remote/api.ts";
import { piece, pushImage } from "../support/images.ts";
import { ADMIN, startRegistry, type TestRegistry } from "../support/registry.ts";
import { as, type CliOptions, entrepot } from "./cli.ts";
import { atTerminal } from "./terminal.ts";

let registry: TestRegistry;
let layer = piece("");
beforeAll(async () => {
  registry = await startRegistry({ accounts: [], projects: [{ name: "team" }] });
  layer = piece("\u001b[2Jclears the screen\r\nbut\tnot this\n");
  await pushImage(registry.admin, "team/web/api", "1.0", [layer]);
});
afterAll(() => registry.close());

const admin = (argv: readonly string[], options: CliOptions = {}) =>
  entrepot(["api", ...argv], { env: as(registry.url, ADMIN), ...options });

describe("api", () => {
  test("reads, with the query in the path or in fields, as JSON or YAML", async () => {
    const { code, out } = await admin(["GET", "/projects"]);
    expect(code).toBe(0);
    const all = JSON.parse(out);
    expect(all.items).toContainEqual(expect.objectContaining({ name: "team" }));
    expect(parse((await admin(["GET", "projects", "-o", "yaml"])).out)).toEqual(all);
    const one = await admin(["GET", "/api/v1/repositories?project=team", "--field", "limit:=1"]);
    expect(JSON.parse(one.out).items).toMatchObject([{ name: "team/web/api" }]);
    expect((await admin(["GET", "/repositories", "--field", "project=none"])).code).toBe(0);
  });

  test("writes fields or a whole body, and minds versions", async () => {
    const made = await admin(["POST", "/projects", "-", "--field", "name=made"]);
    expect(made.code).toBe(2);
    const fields = ["--field", "name=made", "description=a=b", "public:=true"];
    const { out } = await admin(["POST", "/projects", ...fields]);
    expect(JSON.parse(out)).toMatchObject({ name: "made", description: "a=b", public: true });
    const { version } = JSON.parse(out);
    const change = ["PATCH", "/projects/made", "--input", "-"];
    const input = '{"description":"changed"}';
    expect((await admin([...change, "--if-match", "999"], { input })).code).toBe(1);
    const changed = await admin([...change, "--if-match", String(version)], { input });
    expect(JSON.parse(changed.out)).toMatchObject({ description: "changed" });
    expect((await admin(["DELETE", "/projects/made"])).code).toBe(0);
    expect((await admin(["GET", "/projects/made"])).code).toBe(4);
  });

  test("reads every page of a list", async () => {
    for (const tag of ["a", "b", "c"]) {
      await pushImage(registry.admin, "team/many", tag, [piece(tag)]);
    }
    const tags = "/projects/team/repositories/many/tags";
    const first = JSON.parse((await admin(["GET", tags, "--field", "limit:=2"])).out);
    expect(first.items).toHaveLength(2);
    expect(first.next).toBeString();
    const all = await admin(["GET", tags, "--field", "limit:=2", "--paginate"]);
    expect(JSON.parse(all.out)).toMatchObject({
      items: [{ name: "a" }, { name: "b" }, { name: "c" }],
    });
    expect((await admin(["POST", tags, "--paginate"])).code).toBe(2);
    // Nothing is said where there is nothing to say.
    expect(await admin(["DELETE", `${tags}/a`])).toEqual({ code: 0, out: "", err: "" });
  });

  test("passes on what is no JSON; a terminal obeys nothing of it", async () => {
    const blob = `/projects/team/repositories/${encodeURIComponent("web/api")}/blobs/${layer.digest}/content`;
    const { out, code } = await admin(["GET", blob]);
    expect([code, out]).toEqual([0, new TextDecoder().decode(layer.bytes)]);
    const seen = atTerminal(["api", "GET", blob], as(registry.url, ADMIN));
    expect(await seen.ended).toBe(0);
    expect(seen.seen).toContain("\\u001b[2Jclears the screen\r\r\nbut\tnot");
    expect(seen.seen).not.toContain("\u001b[2J");
    seen.close();
  });

  test("tells why not, by exit codes", async () => {
    expect((await admin(["GET", "/nothing"])).code).toBe(4);
    expect(
      (await entrepot(["api", "GET", "/users"], { env: { ENTREPOT_SERVER: registry.url } })).code,
    ).toBe(3);
    expect((await admin(["FETCH", "/projects"])).code).toBe(2);
    expect((await admin(["GET", "/projects", "--input", "-"])).code).toBe(2);
    expect((await admin(["POST", "/projects", "--input", "-"], { input: "{" })).code).toBe(2);
    expect((await admin(["POST", "/projects", "--input", "-", "--field", "a=b"])).code).toBe(2);
    expect((await admin(["PUT", "/projects", "--if-match", "v1"])).code).toBe(2);
  });
});

test.each([
  ["a=b=c", { a: "b=c" }],
  ["a=", { a: "" }],
  ["a:=[1,null]", { a: [1, null] }],
  ["a:={", undefined],
  ["a", undefined],
  ["=b", undefined],
])("the field %p", (text, fields) => {
  if (fields === undefined) expect(() => fieldsOf([text])).toThrow("no field");
  else expect(fieldsOf([text])).toEqual(fields);
});

test.each([
  ["/projects", "/projects", {}],
  ["projects?a=b%20c&d=", "/projects", { a: "b c", d: "" }],
  ["/api/v1/me", "/me", {}],
  ["api/v1", "/", {}],
  ["/api/v1beta", "/api/v1beta", {}],
  ["/projects/a%2Fb#there", "/projects/a%2Fb", {}],
])("the path %p", (text, path, query) => {
  expect(targetOf(text)).toEqual({ path, query });
});

test.each(["../v2/", "/projects/%2E%2e/x", "/a/./b", "/a b", "/a\\..\\b"])(
  "%p leads nowhere else",
  (text) => {
    expect(() => targetOf(text)).toThrow("no path");
  },
);
