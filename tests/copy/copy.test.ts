import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Authorizer } from "../../src/client/auth/authorizer.ts";
import type { Copied } from "../../src/client/copy/copier.ts";
import { index, pattern, piece, pushImage, putManifest, referrer } from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { bytesAt, copy, faultOf, place } from "./rig.ts";

setDefaultTimeout(120_000);

let from: TestRegistry;
let to: TestRegistry;
beforeAll(async () => {
  const projects = [{ name: "team" }, { name: "other" }];
  from = await startRegistry({ projects });
  to = await startRegistry({ projects });
});
afterAll(async () => {
  await from.close();
  await to.close();
});

describe("a copy", () => {
  test("brings an image from one registry to another, once", async () => {
    const layers = [piece("one"), piece(pattern(3_000_000))];
    const made = await pushImage(from.admin, "team/plain", "v1", layers);
    const source = place(from.url, "team/plain");
    const first = copy(source, "v1", place(to.url, "team/plain"));
    expect(await first.done).toEqual({
      digest: made.digest as Copied["digest"],
      mediaType: made.mediaType,
      manifests: { copied: 1, existing: 0 },
      blobs: { copied: 3, mounted: 0, existing: 0 },
      bytes: 3_000_005,
      referrers: 0,
    });
    expect(first.told.moved).toBe(3_000_000);
    expect(await bytesAt(to, "team/plain", "v1")).toEqual(made.bytes);
    for (const { digest, bytes } of layers) {
      expect((await to.admin.get(`/v2/team/plain/blobs/${digest}`)).expect(200).body).toEqual(
        bytes,
      );
    }
    const again = copy(source, "v1", place(to.url, "team/plain"), { tag: "v2" });
    expect(await again.done).toMatchObject({ manifests: { copied: 0, existing: 1 }, bytes: 0 });
    expect(await bytesAt(to, "team/plain", "v2")).toEqual(made.bytes);
  });

  test("within one registry links blobs, and within one repository moves a tag", async () => {
    await pushImage(from.admin, "team/here", "v1", [piece("here")]);
    const source = place(from.url, "team/here");
    const linked = await copy(source, "v1", place(from.url, "other/there")).done;
    expect(linked.blobs).toEqual({ copied: 0, mounted: 2, existing: 0 });
    const tagged = await copy(source, "v1", source, { tag: "v2" }).done;
    expect(tagged).toMatchObject({ manifests: { copied: 0, existing: 1 }, bytes: 0 });
    expect(await bytesAt(from, "team/here", "v2")).toEqual(
      await bytesAt(from, "other/there", "v1"),
    );
  });

  test("brings an index with all that it lists, and by digest without a tag", async () => {
    const [one, two] = [
      await pushImage(from.admin, "team/many", "one", [piece("a"), piece("shared")]),
      await pushImage(from.admin, "team/many", "two", [piece("b"), piece("shared")]),
    ];
    const inner = index([two]);
    (await putManifest(from.admin, "team/many", inner.digest, inner)).expect(201);
    const all = index([one, inner]);
    (await putManifest(from.admin, "team/many", "all", all)).expect(201);
    const options = { tag: undefined };
    const done = await copy(
      place(from.url, "team/many"),
      all.digest,
      place(to.url, "team/many"),
      options,
    ).done;
    expect(done.manifests).toEqual({ copied: 4, existing: 0 });
    expect(done.blobs).toEqual({ copied: 4, mounted: 0, existing: 0 });
    expect(await bytesAt(to, "team/many", two.digest)).toEqual(two.bytes);
    const { tags } = (await to.admin.get("/v2/team/many/tags/list")).expect(200).json as {
      tags: string[];
    };
    expect(tags).toEqual([]);
  });

  test("brings what refers to it, when it is asked for", async () => {
    const made = await pushImage(from.admin, "team/signed", "v1", [piece("signed")]);
    const sbom = referrer(made, "application/spdx+json");
    (await putManifest(from.admin, "team/signed", sbom.digest, sbom)).expect(201);
    const signature = referrer(sbom, "application/vnd.example.signature");
    (await putManifest(from.admin, "team/signed", signature.digest, signature)).expect(201);
    const older = `${made.digest.replace(":", "-")}.sig`;
    const said = await pushImage(from.admin, "team/signed", older, [piece("an older signature")]);
    const source = place(from.url, "team/signed");
    const without = await copy(source, "v1", place(to.url, "team/unsigned")).done;
    expect(without).toMatchObject({ manifests: { copied: 1 }, referrers: 0 });
    const target = place(to.url, "team/signed");
    const whole = await copy(source, "v1", target, { referrers: true }).done;
    expect(whole).toMatchObject({ manifests: { copied: 4 }, referrers: 3 });
    for (const [subject, expected] of [
      [made, sbom],
      [sbom, signature],
    ] as const) {
      const answer = (await to.admin.get(`/v2/team/signed/referrers/${subject.digest}`)).expect(
        200,
      );
      const { manifests } = answer.json as { manifests: { digest: string }[] };
      expect(manifests.map(({ digest }) => digest)).toEqual([expected.digest]);
    }
    expect(await bytesAt(to, "team/signed", older)).toEqual(said.bytes);
  });

  test("says which side lacks or refuses what", async () => {
    const target = place(to.url, "team/none");
    const lost = await faultOf(copy(place(from.url, "team/none"), "v1", target).done);
    expect(lost).toMatchObject({ kind: "missing", side: "source" });
    await pushImage(from.admin, "team/some", "v1", [piece("some")]);
    const source = place(from.url, "team/some");
    const nobody = { ...target, authorizer: new Authorizer(target.address, undefined) };
    expect(await faultOf(copy(source, "v1", nobody).done)).toMatchObject({
      kind: "refused",
      side: "target",
    });
    const gone = place("http://127.0.0.1:1", "team/some");
    expect(await faultOf(copy(source, "v1", gone).done)).toMatchObject({
      kind: "unreachable",
      side: "target",
    });
  });
});
