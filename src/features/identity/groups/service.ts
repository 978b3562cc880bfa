import { failure } from "../../../kernel/errors/catalogue.ts";
import { change, type IdentityContext } from "../context.ts";
import { pageAfter, pageOf, pageSize } from "../page.ts";
import { checkText } from "../texts.ts";
import { isName, MOST_NAME } from "../users/rules.ts";
import { checkPrefix } from "../users/service.ts";
import type { Group, GroupLink, GroupMember, Groups } from "./group.ts";
import { addLink, addMember, removeLink, removeMember } from "./store/members.ts";
import { groupReads } from "./store/read.ts";
import { createGroup, deleteGroup, type GroupRow, updateGroup } from "./store/write.ts";

const LONGEST_DESCRIPTION = 512;
const LONGEST_PROVIDER = 64;
const LONGEST_EXTERNAL = 512;

function groupView({ id, name, description, created_at, version }: GroupRow): Group {
  return { id, name, description, createdAt: created_at, version };
}

function checkGroupName(name: string): string {
  if (isName(name)) return name;
  throw failure("identity.name_invalid", { name: name.slice(0, 80), limit: MOST_NAME });
}

/** The link as it is stored; throws `identity.field_invalid`. */
function checkLink({ provider, externalName }: GroupLink): GroupLink {
  const checked = {
    provider: checkText("provider", provider, LONGEST_PROVIDER),
    externalName: checkText("externalName", externalName, LONGEST_EXTERNAL),
  };
  if (checked.provider === null || checked.provider === "local") {
    throw failure("identity.field_invalid", { field: "provider", limit: LONGEST_PROVIDER });
  }
  if (checked.externalName === null) {
    throw failure("identity.field_invalid", { field: "externalName", limit: LONGEST_EXTERNAL });
  }
  return { provider: checked.provider, externalName: checked.externalName };
}

/** Makes the service of groups; see `Groups`. */
export function openGroups(context: IdentityContext): Groups {
  const reads = groupReads(context.db);

  async function find(id: string): Promise<GroupRow> {
    const row = await reads.find(id);
    if (row === undefined) throw failure("identity.unknown", { kind: "group", id });
    return row;
  }

  return {
    async create(by, { name, description }) {
      const args = {
        name: checkGroupName(name),
        description: checkText("description", description, LONGEST_DESCRIPTION),
      };
      return groupView(await change(context, by, createGroup, args));
    },

    async update(by, id, asked, version) {
      const { name, description } = asked;
      const fields = {
        ...(name === undefined ? {} : { name: checkGroupName(name) }),
        ...(description === undefined
          ? {}
          : { description: checkText("description", description, LONGEST_DESCRIPTION) }),
      };
      try {
        const args = { id, version: version ?? null, change: fields };
        return groupView(await change(context, by, updateGroup, args));
      } catch (error) {
        // Another group may have taken the name between the look and the write.
        const other = name === undefined ? undefined : await reads.named(name);
        if (name === undefined || other === undefined || other.id === id) throw error;
        throw failure("identity.name_taken", { name }, error);
      }
    },

    delete: (by, id) => change(context, by, deleteGroup, { id }),

    get: async (id) => groupView(await find(id)),

    async list({ prefix, after, limit }) {
      const size = pageSize(limit);
      const ask = { prefix: checkPrefix(prefix), after: pageAfter(after), limit: size + 1 };
      const { items, next } = pageOf(await reads.list(ask), size);
      return { items: items.map(groupView), next };
    },

    of: async (principalId) => (await reads.of(principalId)).map(groupView),

    async members(id, { after, limit }) {
      await find(id);
      const size = pageSize(limit);
      const rows = await reads.members({
        groupId: id,
        after: pageAfter(after),
        limit: size + 1,
      });
      const members = new Map<string, GroupMember>();
      for (const { origin, ...row } of rows) {
        const origins = [...(members.get(row.id)?.origins ?? []), origin];
        members.set(row.id, { ...row, origins });
      }
      return pageOf([...members.values()], size);
    },

    async addMember(by, id, principalId) {
      await change(context, by, addMember, { groupId: id, principalId });
    },

    async removeMember(by, id, principalId) {
      await change(context, by, removeMember, { groupId: id, principalId });
    },

    async links(id) {
      await find(id);
      return await reads.links(id);
    },

    async addLink(by, id, link) {
      await change(context, by, addLink, { groupId: id, ...checkLink(link) });
    },

    async removeLink(by, id, link) {
      await change(context, by, removeLink, { groupId: id, ...checkLink(link) });
    },
  };
}
