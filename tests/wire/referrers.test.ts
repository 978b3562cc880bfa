import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from "../../src/oci/media-types.ts";
import type { Answer } from "../support/answer.ts";
import {
  descriptor,
  digestOf,
  EMPTY_CONFIG,
  type Image,
  image,
  index,
  piece,
  pushBlob,
  pushImage,
  putManifest,
  referrer,
} from "../support/images.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Row, table } from "../support/table.ts";

const REPO = "team/app";
const UNKNOWN = piece("nobody's subject").digest;
const EMPTY = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
const SUBJECT = image([piece("subject")]);
const LATER = image([piece("later")]);
const SBOM = referrer(SUBJECT, "application/spdx+json", {
  annotations: { by: "syft", "a/b": "ü" },
});
const SIGNATURE = referrer(SUBJECT, "application/vnd.dev.sigstore+json");
/** Without a type of its own it has that of its config. */
const UNTYPED = image([EMPTY_CONFIG], {
  subject: descriptor(SUBJECT, OCI_MANIFEST),
  config: descriptor(EMPTY_CONFIG, "application/vnd.own.config"),
});
const INDEXED = index([], {
  subject: descriptor(SUBJECT, OCI_MANIFEST),
  artifactType: "application/spdx+json",
});
const PLAIN_INDEX = index([], { subject: descriptor(SUBJECT, OCI_MANIFEST) });
const EARLY = referrer(LATER, "application/spdx+json");

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await pushImage(registry.admin, REPO, "subject", [piece("subject")]);
  for (const made of [SBOM, SIGNATURE, UNTYPED, INDEXED, PLAIN_INDEX, EARLY]) await push(made);
});
afterAll(() => registry.close());

async function push(made: Image): Promise<void> {
  (await putManifest(registry.admin, REPO, made.digest, made)).expect(201);
}

interface Listed {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Record<string, string>;
}

const listed = (answer: Answer) => (answer.expect(200).json as { manifests: Listed[] }).manifests;

async function referrers(subject: string, query = "", repository = REPO): Promise<Listed[]> {
  return listed(await registry.admin.get(`/v2/${repository}/referrers/${subject}${query}`));
}

const byDigest = (a: { digest: string }, b: { digest: string }) => (a.digest < b.digest ? -1 : 1);

function line(made: Image, artifactType?: string, annotations?: Record<string, string>): Listed {
  const { mediaType, digest, bytes } = made;
  const more = {
    ...(artifactType ? { artifactType } : {}),
    ...(annotations ? { annotations } : {}),
  };
  return { mediaType, digest, size: bytes.byteLength, ...more };
}

describe("the list", () => {
  const empty = (it: string, target: string): Row => ({
    it,
    ask: `GET /v2/${target}`,
    gives: 200,
    headers: { "content-type": OCI_INDEX, "oci-filters-applied": null, link: null },
    body: EMPTY,
  });
  const bad = (digest: string): Row => ({
    it: "of no digest",
    ask: `GET /v2/${REPO}/referrers/${digest}`,
    gives: 400,
    code: "DIGEST_INVALID",
  });
  table(
    () => registry.admin,
    [
      empty("of an unknown repository is empty", `no/such/referrers/${SUBJECT.digest}`),
      empty("of an unknown subject is empty", `${REPO}/referrers/${UNKNOWN}`),
      empty("of a manifest that nothing names is empty", `${REPO}/referrers/${SBOM.digest}`),
      { it: "has a head", ask: `HEAD /v2/${REPO}/referrers/${SUBJECT.digest}`, gives: 200 },
      bad("latest"),
      bad("sha256:abc"),
      bad(SUBJECT.digest.toUpperCase()),
      ...["%00", "%ff", "a%0ab", "%F0%9F%90%B3", "a".repeat(600)].map(
        (last): Row => ({
          it: "asked for from no place",
          ask: `GET /v2/${REPO}/referrers/${SUBJECT.digest}?last=${last}`,
          gives: 400,
          code: "PAGINATION_NUMBER_INVALID",
        }),
      ),
    ],
  );

  test("has each with its type, size, artifact type and annotations", async () => {
    expect(await referrers(SUBJECT.digest)).toEqual(
      [
        line(SBOM, "application/spdx+json", { by: "syft", "a/b": "ü" }),
        line(SIGNATURE, "application/vnd.dev.sigstore+json"),
        line(UNTYPED, "application/vnd.own.config"),
        line(INDEXED, "application/spdx+json"),
        line(PLAIN_INDEX),
      ].sort(byDigest),
    );
  });

  test("may be filtered, by one type or several, and says so", async () => {
    const target = `/v2/${REPO}/referrers/${SUBJECT.digest}`;
    const one = await registry.admin.get(`${target}?artifactType=application%2Fspdx%2Bjson`);
    expect(one.header("oci-filters-applied")).toBe("artifactType");
    expect(listed(one).map(({ digest }) => digest)).toEqual([SBOM.digest, INDEXED.digest].sort());
    const types = "?artifactType=application/spdx%2Bjson&artifactType=application/vnd.own.config";
    expect((await referrers(SUBJECT.digest, types)).length).toBe(3);
    const none = await registry.admin.get(`${target}?artifactType=application/none`);
    expect(none.json).toEqual(EMPTY);
    expect(none.header("oci-filters-applied")).toBe("artifactType");
    expect((await referrers(SUBJECT.digest, "?artifactType=")).length).toBe(5);
  });

  test("knows what was pushed before its subject", async () => {
    const expected = [line(EARLY, "application/spdx+json")];
    expect(await referrers(LATER.digest)).toEqual(expected);
    await pushImage(registry.admin, REPO, "later", [piece("later")]);
    expect(await referrers(LATER.digest)).toEqual(expected);
  });

  test("is of one repository", async () => {
    await pushImage(registry.admin, "team/copy", "subject", [piece("subject")]);
    expect(await referrers(SUBJECT.digest, "", "team/copy")).toEqual([]);
  });

  test("loses at once what is deleted, and keeps it when only the subject is", async () => {
    const subject = image([], { annotations: { to: "delete" } });
    const [one, two] = [referrer(subject, "application/one"), referrer(subject, "application/two")];
    for (const made of [subject, one, two]) await push(made);
    (await registry.admin.delete(`/v2/${REPO}/manifests/${one.digest}`)).expect(202);
    expect(await referrers(subject.digest)).toEqual([line(two, "application/two")]);
    (await registry.admin.delete(`/v2/${REPO}/manifests/${subject.digest}`)).expect(202);
    expect(await referrers(subject.digest)).toEqual([line(two, "application/two")]);
    await push(one);
    expect((await referrers(subject.digest)).length).toBe(2);
  });

  test("of a subject under sha512", async () => {
    const digest = digestOf(SUBJECT.bytes, "sha512");
    const made = image([EMPTY_CONFIG], {
      subject: { ...descriptor(SUBJECT, OCI_MANIFEST), digest },
    });
    await push(made);
    expect(await referrers(digest)).toEqual([line(made, OCI_EMPTY)]);
  });
});

describe("a fallback tag", () => {
  test("of a client without this API is listed too, once", async () => {
    const subject = image([], { annotations: { with: "fallback" } });
    const known = referrer(subject, "application/known");
    const old = image([], { artifactType: "application/old", annotations: { made: "before" } });
    for (const made of [subject, known, old]) await push(made);
    const manifests = [
      { ...descriptor(old, OCI_MANIFEST), artifactType: "application/old" },
      { ...descriptor(known, OCI_MANIFEST), artifactType: "application/known" },
    ];
    const tag = subject.digest.replace(":", "-");
    const fallback = index([], { manifests });
    (await putManifest(registry.admin, REPO, tag, fallback)).expect(201);
    const both = [line(known, "application/known"), line(old, "application/old")];
    expect(await referrers(subject.digest)).toEqual(both.sort(byDigest));
    const filtered = await referrers(subject.digest, "?artifactType=application/old");
    expect(filtered).toEqual([line(old, "application/old")]);
    // It stays an ordinary tag.
    (await registry.admin.get(`/v2/${REPO}/manifests/${tag}`)).expect(200);
  });

  test("that is an image and no index adds nothing", async () => {
    const subject = image([], { annotations: { with: "image as fallback" } });
    await push(subject);
    const tag = subject.digest.replace(":", "-");
    (await putManifest(registry.admin, REPO, tag, SBOM)).expect(201);
    expect(await referrers(subject.digest)).toEqual([]);
  });
});

test("a long list comes in pages that clients can hold, without skips", async () => {
  const subject = image([], { annotations: { many: "referrers" } });
  const heavy = "x".repeat(200_000);
  await pushBlob(registry.admin, REPO, EMPTY_CONFIG);
  const pushed: string[] = [];
  for (let number = 0; number < 40; number++) {
    const annotations = { number: String(number), heavy };
    const made = referrer(subject, `application/x-${number % 2}`, { annotations });
    await push(made);
    pushed.push(made.digest);
  }
  for (const [query, expected] of [
    ["", 40],
    ["?artifactType=application/x-1", 20],
  ] as const) {
    const found: string[] = [];
    let target: string | undefined = `/v2/${REPO}/referrers/${subject.digest}${query}`;
    let pages = 0;
    while (target !== undefined) {
      const answer: Answer = await registry.admin.get(target);
      expect(answer.body.byteLength).toBeLessThan(4_194_304);
      found.push(...listed(answer).map(({ digest }) => digest));
      target = /^<([^>]+)>; rel="next"$/.exec(answer.header("link"))?.[1];
      pages += 1;
    }
    expect(pages).toBeGreaterThan(1);
    expect(found.length).toBe(expected);
    expect(new Set(found).size).toBe(expected);
    for (const digest of found) expect(pushed).toContain(digest);
  }
});
