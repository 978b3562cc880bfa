import { createHash } from "node:crypto";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { MAX_MANIFEST_BYTES, type ParsedManifest, parseManifest } from "../../oci/manifest.ts";
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "../../oci/media-types.ts";
import { collector } from "../lane.ts";
import type { End } from "./end.ts";
import { at, CopyFault, patiently, refusal, type Side, type Wait } from "./faults.ts";

/** A manifest or an index, as its registry gave it. */
export interface Manifest {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly parsed: ParsedManifest;
}

const ACCEPT = { Accept: [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(", ") };

function digestOf(bytes: Uint8Array, like: string): Digest {
  const algorithm = like.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

/**
 * Reads a manifest; by digest its bytes have to hash to it, by tag to what the registry calls it.
 * Undefined for one that is not there. Throws `CopyFault`, and failures of the `manifest.` family.
 */
export async function readManifest(
  { caller, repository }: End,
  reference: string,
  wait: Wait,
  side: Side = "source",
): Promise<Manifest | undefined> {
  const request = {
    method: "GET",
    target: caller.path(repository, `manifests/${reference}`),
    headers: ACCEPT,
  };
  const ask = async () => {
    const body = collector(MAX_MANIFEST_BYTES);
    const answer = await caller.call(repository, "pull", { ...request, sink: body.sink });
    return { answer, bytes: new Uint8Array(body.bytes()) };
  };
  const { answer, bytes } = await patiently(wait, () =>
    at(side, async () => {
      const got = await ask();
      const { status } = got.answer;
      if (status === 200 || status === 404) return got;
      throw refusal(side, status, `reading ${repository} ${reference}`);
    }),
  );
  if (answer.status === 404) return undefined;
  const called = answer.header("docker-content-digest");
  const wanted = isDigest(reference) ? reference : called;
  const digest = digestOf(bytes, wanted ?? "");
  if (wanted !== undefined && isDigest(wanted) && wanted !== digest) {
    throw new CopyFault("damaged", side, `what came is not ${wanted}`);
  }
  return { digest, bytes, parsed: parseManifest(bytes, answer.header("content-type")) };
}

/** Whether the registry has a manifest of that digest. */
export async function hasManifest(
  { caller, repository }: End,
  digest: string,
  wait: Wait,
): Promise<boolean> {
  const target = caller.path(repository, `manifests/${digest}`);
  return await patiently(wait, () =>
    at("target", async () => {
      const request = { method: "HEAD", target, headers: ACCEPT };
      const { status } = await caller.call(repository, "pull", request);
      if (status === 200 || status === 404) return status === 200;
      throw refusal("target", status, `looking for ${digest}`);
    }),
  );
}

/** Stores a manifest; gives whether the registry lists it among the referrers of its subject. */
export async function writeManifest(
  { caller, repository }: End,
  reference: string,
  { digest, bytes, parsed }: Manifest,
  wait: Wait,
): Promise<boolean> {
  const target = caller.path(repository, `manifests/${reference}`);
  return await patiently(wait, () =>
    at("target", async () => {
      const answer = await caller.call(repository, "pull,push", {
        method: "PUT",
        target,
        headers: { "Content-Type": parsed.mediaType },
        body: [bytes],
      });
      if (answer.status !== 201) {
        throw refusal("target", answer.status, `storing ${repository} ${reference}`);
      }
      const called = answer.header("docker-content-digest");
      if (called !== undefined && called !== digest) {
        throw new CopyFault("damaged", "target", `it was stored as ${called}, and is ${digest}`);
      }
      return answer.header("oci-subject") !== undefined;
    }),
  );
}
