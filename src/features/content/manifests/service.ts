import { failure } from "../../../kernel/errors/catalogue.ts";
import { type Algorithm, algorithmOf, type Digest } from "../../../oci/digest.ts";
import { type ParsedManifest, parseManifest, referrerArtifactType } from "../../../oci/manifest.ts";
import type { Reference, RepositoryName, TagName } from "../../../oci/name.ts";
import { newHasher } from "../../../platform/blobs/hasher.ts";
import type { Doer } from "../../audit/entry.ts";
import type { ContentContext, Pusher } from "../context.ts";
import { deedOf } from "../deed.ts";
import type { Precondition } from "../tags/rules.ts";
import { deleteTag } from "../tags/store.ts";
import { setTag } from "../tags/store-set.ts";
import { checkConsistent, namedBlobs, namedChildren } from "./rules.ts";
import type { StoredManifest } from "./store/read.ts";
import { deleteManifest, putManifest } from "./store/write.ts";

export interface ManifestPush {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  /** Tags beside the reference (`?tag=`). */
  readonly tags: readonly TagName[];
  readonly contentType: string | undefined;
  readonly payload: Uint8Array;
  readonly precondition: Precondition;
  readonly pusher: Pusher;
}

export interface PushedManifest {
  readonly digest: Digest;
  readonly subject: Digest | undefined;
}

function digestOf(payload: Uint8Array, algorithm: Algorithm): Digest {
  const hasher = newHasher(algorithm);
  hasher.update(payload);
  return hasher.digest();
}

/** Embedded `data` must be the content it stands for (image-spec, "Embedded Content"). */
function checkData(manifest: ParsedManifest): void {
  const { config, layers, children, subject } = manifest;
  for (const descriptor of [config, ...layers, ...children, subject]) {
    if (descriptor?.data === undefined) continue;
    const bytes = Uint8Array.from(atob(descriptor.data), (char) => char.charCodeAt(0));
    const actual = digestOf(bytes, algorithmOf(descriptor.digest));
    if (actual !== descriptor.digest) {
      throw failure("upload.digest_mismatch", { actual, claimed: descriptor.digest });
    }
  }
}

/** Manifests: push, pull, delete. */
export function manifestService(context: ContentContext) {
  const { db, settings, space, reads } = context;

  function digestFor({ reference, payload }: ManifestPush): Digest {
    if (reference.kind === "tag") return digestOf(payload, "sha256");
    const actual = digestOf(payload, algorithmOf(reference.digest));
    if (actual !== reference.digest) {
      throw failure("upload.digest_mismatch", { actual, claimed: reference.digest });
    }
    return actual;
  }

  function deed(doer: Doer) {
    return { ...deedOf(context, doer), untaggedAfter: settings.untaggedAfter };
  }

  return {
    /**
     * The manifest as it was pushed. Throws `manifest.unknown`, `repository.unknown` or
     * `service.content_damaged`.
     */
    async get(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
      const found =
        reference.kind === "tag"
          ? await reads.manifests.byTag(repository, reference.tag)
          : await reads.manifests.byDigest(repository, reference.digest);
      if (found !== undefined) {
        if (found.damagedAt === null) return found;
        throw failure("service.content_damaged", { digest: found.digest });
      }
      if ((await reads.repositories.find(repository)) === undefined) {
        throw failure("repository.unknown", { name: repository });
      }
      const spelled = reference.kind === "tag" ? reference.tag : reference.digest;
      throw failure("manifest.unknown", { name: repository, reference: spelled });
    },

    /** Checks a manifest whole and makes it visible, with its tags, or not at all. */
    async put(push: ManifestPush): Promise<PushedManifest> {
      await space.check();
      const { repository, reference, payload, pusher, precondition } = push;
      const manifest = parseManifest(payload, push.contentType);
      const digest = digestFor(push);
      checkData(manifest);
      const blobs = namedBlobs(manifest);
      const children = namedChildren(manifest);
      checkConsistent([...blobs, ...children]);
      const named = { blobs, children, required: settings.requireReferences };
      const tags = reference.kind === "tag" ? [reference.tag, ...push.tags] : push.tags;
      const annotations =
        Object.keys(manifest.annotations).length > 0 ? manifest.annotations : null;
      const made = await db.write(putManifest, {
        repository,
        createProject: pusher.mayCreateProject,
        digest,
        mediaType: manifest.mediaType,
        artifactType: referrerArtifactType(manifest) ?? null,
        subject: manifest.subject?.digest ?? null,
        annotations: annotations === null ? null : JSON.stringify(annotations),
        payload,
        named,
        tags: [...new Set(tags)],
        precondition,
        ...deed(pusher.doer),
      });
      context.changed();
      if (made) await context.revision.changed();
      return { digest, subject: manifest.subject?.digest };
    },

    /** Points a tag at a manifest of the repository. Throws `manifest.unknown`, `repository.unknown`. */
    async tag(repository: RepositoryName, tag: TagName, digest: Digest, doer: Doer): Promise<void> {
      await db.write(setTag, { repository, tag, digest, ...deed(doer) });
      context.changed();
    },

    /** By tag removes the tag alone, by digest the manifest and every tag on it. */
    async delete(repository: RepositoryName, reference: Reference, doer: Doer): Promise<void> {
      const common = { repository, ...deed(doer) };
      if (reference.kind === "tag") await db.write(deleteTag, { ...common, tag: reference.tag });
      else {
        const { digest } = reference;
        await db.write(deleteManifest, { ...common, digest, keep: settings.trashKeep });
      }
      context.changed();
    },
  };
}

export type ManifestService = ReturnType<typeof manifestService>;
