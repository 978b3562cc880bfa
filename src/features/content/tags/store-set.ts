import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Digest } from "../../../oci/digest.ts";
import type { RepositoryName, TagName } from "../../../oci/name.ts";
import { procedure } from "../../../platform/database/port.ts";
import { record } from "../../audit/store/record.ts";
import type { Deed } from "../deed.ts";
import { tagEntry } from "../entries.ts";
import { restamp, type Untagged } from "../manifests/store/holds.ts";
import { requireRepository, touchRepository } from "../repositories/store.ts";
import { moveTag } from "./store.ts";

export interface SetTag extends Deed, Untagged {
  readonly repository: RepositoryName;
  readonly tag: TagName;
  readonly digest: Digest;
}

/**
 * Points a tag at a manifest that the repository holds: a new name for it, or the way back to an
 * earlier one. Nothing happens when it is there already. Throws `manifest.unknown` or
 * `repository.unknown`.
 */
export const setTag = procedure("content.set-tag", async (tx, args: SetTag): Promise<void> => {
  const { repository, tag, digest, principal, now } = args;
  const place = await requireRepository(tx, repository);
  const id = place.repositoryId;
  // Locked, so that it cannot be deleted between this look and the commit.
  const manifest = await tx
    .selectFrom("manifests")
    .select("digest")
    .where("repository_id", "=", id)
    .where("digest", "=", digest)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (manifest === undefined) {
    throw failure("manifest.unknown", { name: repository, reference: digest });
  }
  const wanted = { tag, manifest: digest, precondition: { kind: "none" } } as const;
  const move = await moveTag(tx, { ...place, principal, now }, wanted);
  if (move === undefined) return;
  await restamp(tx, id, move.from === null ? [digest] : [digest, move.from], args);
  await touchRepository(tx, id, now);
  await record(tx, args.witness, [tagEntry(place, tag, move.from, digest)]);
});
