import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Database } from "../../../platform/database/port.ts";
import type { Outbound } from "../../../platform/outbound/port.ts";
import type { Acting } from "../../access/acting.ts";
import { compileClaimsCondition } from "../../access/conditions/compile.ts";
import type { Action } from "../../access/permissions.ts";
import type { Access } from "../../access/service.ts";
import type { AuditPort } from "../../identity/audit-port.ts";
import { pageOf, pageSize } from "../../identity/page.ts";
import type { Revision } from "../../identity/revision/revision.ts";
import type { TrustRule, TrustRules, TrustScope, TrustTerms } from "./rule.ts";
import { type CheckedTerms, checkTerms, isTrustDomain } from "./rules.ts";
import { createRule, deleteRule, type RuleReads, updateRule } from "./store.ts";

export interface TrustParts {
  readonly db: Database;
  readonly reads: RuleReads;
  readonly revision: Revision;
  readonly audit: Pick<AuditPort, "witness">;
  readonly access: Pick<Access, "decide">;
  readonly outbound: Pick<Outbound, "check">;
}

/** Whoever may do both can act as the robots there anyway: they could give them new secrets. */
const NEEDED: readonly Action[] = ["trust:write", "robot:write"];

export function trustRules({
  db,
  reads,
  revision,
  audit,
  access,
  outbound,
}: TrustParts): TrustRules {
  async function refuseMoreThanHeld({ actor }: Acting, scope: TrustScope): Promise<void> {
    const resource =
      scope === null
        ? ({ kind: "registry" } as const)
        : ({ kind: "project", name: scope.name } as const);
    const decisions = await Promise.all(
      NEEDED.map(async (action) => ({ action, ...(await access.decide(actor, action, resource)) })),
    );
    const missing = decisions.filter(({ allowed }) => !allowed).map(({ action }) => action);
    if (missing.length > 0) throw failure("access.more_than_held", { permissions: missing });
  }

  async function check(input: TrustTerms): Promise<CheckedTerms> {
    const terms = checkTerms(input);
    if (terms.condition !== null) compileClaimsCondition(terms.condition);
    // At save as at use (A46): a rule that can never work is refused while somebody looks.
    const { issuer, jwksUrl } = terms;
    if (!isTrustDomain(issuer)) await outbound.check(issuer, { purpose: "workload" });
    if (jwksUrl !== null) await outbound.check(jwksUrl, { purpose: "workload" });
    return terms;
  }

  async function get(scope: TrustScope, id: string): Promise<TrustRule> {
    const rule = await reads.find(scope?.id ?? null, id);
    if (rule === undefined) throw failure("trust.unknown", { id });
    return rule;
  }

  return {
    get,
    async create(by, scope, { robotId, ...input }) {
      await refuseMoreThanHeld(by, scope);
      const terms = await check(input);
      const projectId = scope?.id ?? null;
      const witness = audit.witness(by.doer);
      const id = await db.write(createRule, { witness, projectId, robotId, terms });
      await revision.changed();
      return get(scope, id);
    },
    async update(by, scope, id, change, version) {
      await refuseMoreThanHeld(by, scope);
      const before = await get(scope, id);
      const { enabled = before.enabled, ...given } = change;
      const terms = await check({ ...before, ...given });
      const witness = audit.witness(by.doer);
      const projectId = scope?.id ?? null;
      // What was not given was read outside of the transaction: it must still be that.
      const seen = version ?? before.version;
      await db.write(updateRule, { witness, id, projectId, version: seen, terms, enabled });
      await revision.changed();
      return get(scope, id);
    },
    async delete(by, scope, id, version) {
      await refuseMoreThanHeld(by, scope);
      const witness = audit.witness(by.doer);
      const projectId = scope?.id ?? null;
      await db.write(deleteRule, { witness, id, projectId, version: version ?? null });
      await revision.changed();
    },
    async list(scope, { after = null, limit }) {
      const size = pageSize(limit);
      return pageOf(await reads.list(scope?.id ?? null, after, size + 1), size);
    },
  };
}
