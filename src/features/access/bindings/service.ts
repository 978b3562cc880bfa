import type { Clock } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { excerpt } from "../../../oci/excerpt.ts";
import type { BindingScope } from "../../../platform/database/schema/access.ts";
import { pageOf, pageSize } from "../../identity/page.ts";
import { changer, type RightsContext } from "../../projects/change.ts";
import type { Acting } from "../acting.ts";
import { compileCondition } from "../conditions/compile.ts";
import type { Grants } from "../grants.ts";
import type { Roles } from "../roles/role.ts";
import { bindingReads } from "../store/binding-reads.ts";
import { createBinding, deleteBinding, type Terms, updateBinding } from "../store/bindings.ts";
import type { Binding, Bindings, BindingTerms } from "./binding.ts";
import { parseExpiry, parseRepositoryPattern, parseSubject, parseTagPattern } from "./rules.ts";

/** What a binding is to say, checked; the system has no repositories of its own. */
function termsOf(given: BindingTerms, projectId: string | null, clock: Clock): Terms {
  const repositories = parseRepositoryPattern(given.repositories ?? null);
  if (projectId === null && repositories !== null) {
    throw failure("binding.pattern_invalid", { pattern: repositories, what: "repository" });
  }
  const condition = given.condition ?? null;
  if (condition !== null) compileCondition(condition);
  return {
    role: given.role,
    scope: scopeOf(projectId, repositories),
    repository_pattern: repositories,
    tag_pattern: parseTagPattern(given.tags ?? null),
    condition,
    expires_at: parseExpiry(given.expiresAt ?? null, clock.now()),
  };
}

function scopeOf(projectId: string | null, repositories: string | null): BindingScope {
  if (projectId === null) return "system";
  return repositories === null ? "project" : "repository";
}

/** Opens the bindings. */
export function openBindings(context: RightsContext, roles: Roles, grants: Grants): Bindings {
  const { db, clock } = context;
  const reads = bindingReads(db);
  const change = changer(context);

  async function get(projectId: string | null, id: string): Promise<Binding> {
    const [binding] = await reads.page({ projectId, id }, "", 1);
    if (binding === undefined) throw failure("binding.unknown", { id: excerpt(id) });
    return binding;
  }

  /** Gives whether the role is built in. */
  async function refuseMore(
    { actor }: Acting,
    projectId: string | null,
    terms: Terms,
  ): Promise<boolean> {
    const role = await roles.get(projectId, terms.role);
    await grants.refuseMore(actor, {
      permissions: role.permissions,
      secondFactor: role.secondFactor,
      scope: terms.scope,
      projectId,
      repositories: terms.repository_pattern,
      tags: terms.tag_pattern,
      condition: terms.condition,
      expiresAt: terms.expires_at,
    });
    return role.builtIn;
  }

  return {
    get,
    async create(by, projectId, input) {
      const { kind, id } = parseSubject(input.subject);
      const terms = termsOf(input, projectId, clock);
      const builtIn = await refuseMore(by, projectId, terms);
      const args = { subjectKind: kind, subjectId: id, projectId, terms, builtIn };
      return get(projectId, await change(createBinding, by.doer, args));
    },
    async update(by, projectId, id, wanted, version) {
      const before = await get(projectId, id);
      const { role, repositories, tags, condition, expiresAt } = before;
      const all = { role, repositories, tags, condition, expiresAt, ...wanted };
      const terms = termsOf(all, projectId, clock);
      const builtIn = await refuseMore(by, projectId, terms);
      const seen = version ?? before.version;
      await change(updateBinding, by.doer, { projectId, id, version: seen, terms, builtIn });
      return get(projectId, id);
    },
    async delete(by, projectId, id, version) {
      await change(deleteBinding, by.doer, { projectId, id, version: version ?? null });
    },
    async list(projectId, { after, limit, subject, role }) {
      const size = pageSize(limit);
      const filter = {
        projectId,
        ...(subject === undefined ? {} : { subject: parseSubject(subject) }),
        ...(role === undefined ? {} : { role }),
      };
      return pageOf(await reads.page(filter, after ?? "", size + 1), size);
    },
    async of(subject, { after, limit }) {
      const size = pageSize(limit);
      const filter = { subject: parseSubject(subject) };
      return pageOf(await reads.page(filter, after ?? "", size + 1), size);
    },
  };
}
