/** What can be done, by what it is done to. A route that declares none of these does not start. */
const PERMISSIONS = {
  registry: [
    "registry:ping",
    "registry:catalog",
    "registry:metrics",
    "system:read",
    "system:update",
    "user:read",
    "user:create",
    "user:update",
    "user:delete",
    "group:read",
    "group:create",
    "group:update",
    "group:delete",
    "provider:read",
    "provider:test",
    "project:create",
    "quota:write",
    "in-use:read",
    "in-use:report",
    "in-use:delete",
  ],
  /** Of a project; or of the installation, when the resource is the registry. */
  project: [
    "project:read",
    "project:update",
    "project:delete",
    "member:read",
    "member:write",
    "role:read",
    "role:write",
    "robot:read",
    "robot:write",
    "trust:read",
    "trust:write",
    "quota:read",
    "retention:read",
    "retention:update",
    "retention:run",
    "immutability:read",
    "immutability:write",
    "trash:read",
    "trash:restore",
    "trash:empty",
    "audit:read",
    "access:explain",
  ],
  repository: [
    "repository:read",
    "repository:pull",
    "repository:push",
    "repository:delete",
    "repository:force-delete",
  ],
  /** Of oneself: what everybody who is logged in may do to their own account. */
  self: ["self:read", "self:update", "self:login-password"],
} as const;

export type Action = (typeof PERMISSIONS)[keyof typeof PERMISSIONS][number];

/** Every action that a role can allow: all but those that come with being somebody. */
export const grantable: readonly Action[] = [
  ...PERMISSIONS.registry.filter((action) => action !== "registry:ping"),
  ...PERMISSIONS.project,
  ...PERMISSIONS.repository,
];

const selfActions: ReadonlySet<string> = new Set([...PERMISSIONS.self, "registry:ping"]);
const all: ReadonlySet<string> = new Set(Object.values(PERMISSIONS).flat());
const onlySystem: ReadonlySet<string> = new Set(PERMISSIONS.registry);

export function isAction(text: string): text is Action {
  return all.has(text);
}

/** Whether everybody who is logged in may, as far as roles go. */
export function comesWithLogin(action: Action): boolean {
  return selfActions.has(action);
}

/** Whether only a binding of the whole installation can allow it. */
export function isSystemOnly(action: Action): boolean {
  return onlySystem.has(action);
}
