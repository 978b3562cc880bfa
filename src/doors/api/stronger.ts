import type { Access } from "../../features/access/service.ts";
import type { Actor } from "../../features/identity/principal.ts";
import type { Identity } from "../../features/identity/service.ts";
import { failure } from "../../kernel/errors/catalogue.ts";

export interface StrengthParts {
  readonly identity: Pick<Identity, "groups" | "users">;
  readonly access: Pick<Access, "bindings" | "projects" | "roles" | "refuseMore">;
}

type Subject = { readonly kind: "principal" | "group"; readonly id: string };

async function refuseBindings(
  { access }: StrengthParts,
  actor: Actor,
  subject: Subject,
): Promise<void> {
  let after: string | null = null;
  do {
    const page = await access.bindings.of(subject, { after, limit: 200 });
    for (const { role, projectId } of page.items) {
      if (projectId !== null && (await access.projects.get(projectId)).deletedAt !== null) continue;
      await access.refuseMore(actor, await access.roles.get(projectId, role), projectId);
    }
    after = page.next;
  } while (after !== null);
}

/**
 * Refuses whoever would get at rights that they do not hold themselves by acting as somebody else:
 * by a secret or a password they are told, by putting people into a group (A31).
 * Throws `access.more_than_held`, `access.denied`.
 */
export async function refuseStronger(
  parts: StrengthParts,
  actor: Actor,
  subject: Subject,
): Promise<void> {
  if (actor.principal.administrator && actor.limits === null) return;
  await refuseBindings(parts, actor, subject);
  if (subject.kind === "group") return;
  for (const { id } of await parts.identity.groups.of(subject.id)) {
    await refuseBindings(parts, actor, { kind: "group", id });
  }
}

/** The same for a person's account, which may be an administrator's. */
export async function refuseStrongerUser(
  parts: StrengthParts,
  actor: Actor,
  id: string,
): Promise<void> {
  const target = await parts.identity.users.get(id);
  if (target.administrator && !actor.principal.administrator) {
    const { name } = actor.principal;
    const refused = { principal: name, action: "user:update", resource: `user ${target.name}` };
    throw failure("access.denied", { ...refused, why: "" });
  }
  await refuseStronger(parts, actor, { kind: "principal", id });
}
