import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { CopyFault } from "../../src/client/copy/faults.ts";
import {
  descriptor,
  digestOf,
  document,
  image,
  index,
  pattern,
  piece,
  referrer,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { copy, faultOf, place } from "./rig.ts";

setDefaultTimeout(120_000);

let to: TestRegistry;
beforeAll(async () => {
  to = await startRegistry({ projects: [{ name: "team" }] });
});
afterAll(() => to.close());

describe("a source of another kind", () => {
  const layer = piece(pattern(400_000, 3));
  const config = piece("{}");
  const made = image([layer]);

  /** A registry made of a few answers. */
  function serve(answers: (path: string, request: Request) => Response | undefined) {
    return Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const path = new URL(request.url).pathname;
        const own = answers(path, request);
        if (own !== undefined) return own;
        if (path === "/v2/") return new Response();
        if (path.endsWith("/manifests/v1")) {
          return new Response(made.bytes, { headers: { "content-type": made.mediaType } });
        }
        if (path.endsWith(config.digest)) return new Response(config.bytes);
        if (path.endsWith(layer.digest)) return new Response(layer.bytes);
        return new Response("no", { status: 404 });
      },
    });
  }

  const urlOf = (server: { port?: number | undefined }) => `http://127.0.0.1:${server.port}`;

  async function outcome(
    answers: (path: string, request: Request) => Response | undefined,
    repository: string,
  ) {
    const server = serve(answers);
    try {
      return await copy(place(urlOf(server), "any"), "v1", place(to.url, repository)).done;
    } finally {
      await server.stop(true);
    }
  }

  test("may keep blobs elsewhere; no credential goes there", async () => {
    const seen: (string | null)[] = [];
    const store = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        seen.push(request.headers.get("authorization"));
        return new Response(layer.bytes);
      },
    });
    try {
      const done = await outcome((path, request) => {
        if (path === "/v2/") {
          return new Response("", {
            status: 401,
            headers: { "www-authenticate": "Basic realm=x" },
          });
        }
        if (request.headers.get("authorization") === null) return new Response("", { status: 401 });
        if (!path.endsWith(layer.digest)) return undefined;
        const location = `${urlOf(store)}/elsewhere?signed=1`;
        return new Response("moved", { status: 307, headers: { location } });
      }, "team/elsewhere");
      expect(done.blobs.copied).toBe(2);
      expect(seen).toEqual([null]);
    } finally {
      await store.stop(true);
    }
  });

  test.each([
    ["other bytes", () => new Response(pattern(400_000, 4))],
    ["more bytes", () => new Response(pattern(400_001, 3))],
    ["fewer bytes", () => new Response(pattern(399_999, 3))],
  ])("that gives %s is found out, and nothing is stored", async (name, answer) => {
    const repository = `team/${name.replace(" ", "-")}`;
    const fault = await faultOf(
      outcome((path) => (path.endsWith(layer.digest) ? answer() : undefined), repository),
    );
    expect(fault).toMatchObject({ kind: "damaged", side: "source" });
    expect((await to.admin.head(`/v2/${repository}/manifests/v1`)).status).toBe(404);
    expect((await to.admin.head(`/v2/${repository}/blobs/${layer.digest}`)).status).toBe(404);
  });

  test.each([
    ["file:///etc/passwd", "unsupported"],
    ["http://[", "unsupported"],
    ["/v2/any/again", "unsupported"],
  ])("that leads to %s is not followed there", async (location, kind) => {
    const moved = () => new Response("", { status: 302, headers: { location } });
    const fault = await faultOf(
      outcome(
        (path) => (path.endsWith(layer.digest) || path.endsWith("again") ? moved() : undefined),
        "team/led",
      ),
    );
    expect(fault.kind).toBe(kind as CopyFault["kind"]);
  });

  test("that calls a manifest what it is not is found out", async () => {
    const headers = {
      "content-type": made.mediaType,
      "docker-content-digest": digestOf(new Uint8Array(1)),
    };
    const fault = await faultOf(
      outcome(
        (path) =>
          path.includes("/manifests/") ? new Response(made.bytes, { headers }) : undefined,
        "team/called",
      ),
    );
    expect(fault.kind).toBe("damaged");
  });

  test("that lists itself without end is given up", async () => {
    const self = document({ schemaVersion: 2, mediaType: index([]).mediaType, manifests: [] });
    let count = 0;
    const next = () => {
      count += 1;
      const child = {
        ...descriptor(self, index([]).mediaType),
        digest: digestOf(piece(`${count}`).bytes),
      };
      return index([], { manifests: [child] });
    };
    const fault = await outcome((path) => {
      if (!path.includes("/manifests/")) return undefined;
      const { bytes, mediaType } = next();
      return new Response(bytes, { headers: { "content-type": mediaType } });
    }, "team/endless").then(
      () => undefined,
      (error: unknown) => error,
    );
    // Each answer is another document than was asked for.
    expect(fault).toMatchObject({ kind: "damaged" });
  });

  test("that has no list of referrers has a tag for it; so has a target", async () => {
    const sbom = referrer(made, "application/spdx+json");
    const listed = index([sbom]);
    const tag = `/manifests/${made.digest.replace(":", "-")}`;
    const put = new Map<string, Uint8Array>();
    const blobs = new Set<string>();
    const target = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const url = new URL(request.url);
        const [, name = ""] = /\/(?:manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
        if (url.pathname === "/v2/") return new Response();
        if (request.method === "POST") {
          return new Response("", {
            status: 202,
            headers: { location: "/v2/any/blobs/uploads/1" },
          });
        }
        const body = new Uint8Array(await request.arrayBuffer());
        if (request.method === "PATCH") return new Response("", { status: 202 });
        if (request.method === "PUT" && url.pathname.includes("/uploads/")) {
          blobs.add(url.searchParams.get("digest") ?? "");
          return new Response("", { status: 201 });
        }
        if (request.method === "PUT") {
          put.set(name, body);
          return new Response("", { status: 201 });
        }
        const found = put.get(name);
        if (found !== undefined) {
          return new Response(found.slice(), { headers: { "content-type": listed.mediaType } });
        }
        return new Response("", { status: blobs.has(name) ? 200 : 404 });
      },
    });
    const source = serve((path) => {
      const shown = [sbom, listed].find(({ digest }) => path.endsWith(`/manifests/${digest}`));
      const found = path.endsWith(tag) ? listed : shown;
      if (found === undefined) return undefined;
      return new Response(found.bytes, { headers: { "content-type": found.mediaType } });
    });
    try {
      const order = { referrers: true };
      const done = await copy(place(urlOf(source), "any"), "v1", place(urlOf(target), "any"), order)
        .done;
      expect(done.referrers).toBe(1);
      const own = JSON.parse(new TextDecoder().decode(put.get(made.digest.replace(":", "-"))));
      expect(own.manifests).toMatchObject([
        { digest: sbom.digest, artifactType: "application/spdx+json" },
      ]);
    } finally {
      await source.stop(true);
      await target.stop(true);
    }
  });
});
