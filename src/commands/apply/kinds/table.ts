import type { KindName } from "../model.ts";
import { groupMembers, groups } from "./groups.ts";
import { immutabilityRules } from "./immutability-rules.ts";
import type { Kind } from "./kind.ts";
import { members } from "./members.ts";
import { projects } from "./projects.ts";
import { quotas } from "./quotas.ts";
import { retentionPolicies } from "./retention-policies.ts";
import { robots } from "./robots.ts";
import { roles } from "./roles.ts";
import { trustRules } from "./trust-rules.ts";

/** How each kind is read and changed. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  projects,
  groups,
  roles,
  robots,
  "group-members": groupMembers,
  members,
  "trust-rules": trustRules,
  "immutability-rules": immutabilityRules,
  "retention-policies": retentionPolicies,
  quotas,
};
