import { compileGlob } from "../../oci/glob.ts";
import { compileNetworks } from "../projects/networks.ts";
import { networksOf } from "../projects/store-read.ts";
import { compileCondition } from "./conditions/compile.ts";
import type { Condition } from "./conditions/condition.ts";
import { builtInRole } from "./roles/built-in.ts";
import { permissionsOf } from "./roles/rules.ts";
import type { ProjectFacts } from "./rules.ts";
import type { HeldBinding, HeldRole, Holding } from "./rules-binding.ts";
import type { FactsRow, HeldRow } from "./store/held.ts";

/** A condition that an earlier version saved and this one cannot compile is never met. */
function unreadable(text: string): Condition {
  return { text, test: () => ({ met: false, error: "it cannot be compiled" }) };
}

function conditionOf(text: string): Condition {
  try {
    return compileCondition(text);
  } catch {
    return unreadable(text);
  }
}

const builtIn = new Map<string, HeldRole>();

function builtInHeld(key: string): HeldRole | undefined {
  const known = builtIn.get(key);
  if (known !== undefined) return known;
  const role = builtInRole(key);
  if (role === undefined) return undefined;
  const permissions = new Set<string>(role.permissions);
  const held = { key, name: role.name, permissions, secondFactor: false };
  builtIn.set(key, held);
  return held;
}

/** The role of a binding; undefined for one that is there no more, or that is another project's. */
function roleOf(row: HeldRow): HeldRole | undefined {
  if (row.role_name === null) return builtInHeld(row.role);
  if (row.role_project !== null && row.role_project !== row.project_id) return undefined;
  return {
    key: row.role,
    name: row.role_name,
    permissions: new Set(permissionsOf(row.permissions ?? "[]")),
    secondFactor: row.second_factor === 1,
  };
}

function bindingOf(row: HeldRow): HeldBinding | undefined {
  const role = roleOf(row);
  if (role === undefined) return undefined;
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    role,
    scope: row.scope,
    projectId: row.project_id,
    repository: row.repository_pattern === null ? null : compileGlob(row.repository_pattern),
    tag: row.tag_pattern === null ? null : compileGlob(row.tag_pattern),
    condition: row.condition === null ? null : conditionOf(row.condition),
    expiresAt: row.expires_at,
  };
}

/** Makes the stored bindings of a subject ready to be judged. */
export function holdingOf(rows: readonly HeldRow[]): Holding {
  const system: HeldBinding[] = [];
  const byProject = new Map<string, HeldBinding[]>();
  for (const row of rows) {
    const binding = bindingOf(row);
    if (binding === undefined) continue;
    if (binding.scope === "system") {
      system.push(binding);
    } else if (binding.projectId !== null) {
      const list = byProject.get(binding.projectId);
      if (list === undefined) byProject.set(binding.projectId, [binding]);
      else list.push(binding);
    }
  }
  return { system, byProject };
}

/** Makes what is stored of a project ready to be judged. */
export function projectFactsOf(row: FactsRow): ProjectFacts {
  const networks = networksOf(row.addresses);
  return {
    id: row.id,
    name: row.name,
    isPublic: row.public === 1,
    from: networks === null ? null : compileNetworks(networks),
  };
}
