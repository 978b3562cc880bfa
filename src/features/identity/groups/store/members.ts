import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure } from "../../../../platform/database/port.ts";
import { done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { lockGroup } from "./write.ts";

export interface Membership {
  readonly groupId: string;
  readonly principalId: string;
  readonly witness: Witness;
}

const LOCAL = "local";

/** Adds a local membership; false when it was there. Throws `identity.unknown`. */
export const addMember = procedure(
  "identity.add-member",
  async (tx, { groupId, principalId, witness }: Membership): Promise<boolean> => {
    const group = await lockGroup(tx, groupId);
    const principal = await tx
      .selectFrom("principals")
      .select(["name"])
      .where("id", "=", principalId)
      .where("deleted_at", "is", null)
      .forShare()
      .executeTakeFirst();
    if (principal === undefined) {
      throw failure("identity.unknown", { kind: "user", id: principalId });
    }
    const row = { group_id: groupId, principal_id: principalId, origin: LOCAL };
    const added = await tx
      .insertInto("group_members")
      .values({ ...row, added_at: witness.at })
      .onConflict((c) => c.columns(["group_id", "principal_id", "origin"]).doNothing())
      .returning("group_id")
      .executeTakeFirst();
    if (added === undefined) return false;
    await bumpRevision(tx);
    const details = { member: { id: principalId, name: principal.name } };
    const object = { kind: "group", id: groupId, name: group.name };
    await record(tx, witness, [done("group.add-member", object, { details })]);
    return true;
  },
);

/** Ends a local membership; false when there was none. Throws `identity.unknown`. */
export const removeMember = procedure(
  "identity.remove-member",
  async (tx, { groupId, principalId, witness }: Membership): Promise<boolean> => {
    const group = await lockGroup(tx, groupId);
    const removed = await tx
      .deleteFrom("group_members")
      .where("group_id", "=", groupId)
      .where("principal_id", "=", principalId)
      .where("origin", "=", LOCAL)
      .returning("group_id")
      .executeTakeFirst();
    if (removed === undefined) return false;
    await bumpRevision(tx);
    const object = { kind: "group", id: groupId, name: group.name };
    await record(tx, witness, [
      done("group.remove-member", object, { details: { member: { id: principalId } } }),
    ]);
    return true;
  },
);

export interface Link {
  readonly groupId: string;
  readonly provider: string;
  readonly externalName: string;
  readonly witness: Witness;
}

/** Links a provider's group; false when it was linked. Throws `identity.unknown`. */
export const addLink = procedure(
  "identity.add-group-link",
  async (tx, { groupId, provider, externalName, witness }: Link): Promise<boolean> => {
    const group = await lockGroup(tx, groupId);
    const added = await tx
      .insertInto("group_links")
      .values({ group_id: groupId, provider, external_name: externalName })
      .onConflict((c) => c.columns(["provider", "external_name", "group_id"]).doNothing())
      .returning("group_id")
      .executeTakeFirst();
    if (added === undefined) return false;
    await bumpRevision(tx);
    const object = { kind: "group", id: groupId, name: group.name };
    await record(tx, witness, [
      done("group.add-link", object, { details: { provider, externalName } }),
    ]);
    return true;
  },
);

/**
 * Unlinks a provider's group; false when it was not linked. With the last link of a provider end
 * the memberships that it gave; while there is another, they are put right at each member's next
 * login or check.
 */
export const removeLink = procedure(
  "identity.remove-group-link",
  async (tx, { groupId, provider, externalName, witness }: Link): Promise<boolean> => {
    const group = await lockGroup(tx, groupId);
    const removed = await tx
      .deleteFrom("group_links")
      .where("group_id", "=", groupId)
      .where("provider", "=", provider)
      .where("external_name", "=", externalName)
      .returning("group_id")
      .executeTakeFirst();
    if (removed === undefined) return false;
    const other = await tx
      .selectFrom("group_links")
      .select("group_id")
      .where("group_id", "=", groupId)
      .where("provider", "=", provider)
      .executeTakeFirst();
    if (other === undefined) {
      await tx
        .deleteFrom("group_members")
        .where("group_id", "=", groupId)
        .where("origin", "=", provider)
        .execute();
    }
    await bumpRevision(tx);
    const object = { kind: "group", id: groupId, name: group.name };
    await record(tx, witness, [
      done("group.remove-link", object, { details: { provider, externalName } }),
    ]);
    return true;
  },
);

export const memberProcedures = [addMember, removeMember, addLink, removeLink];
