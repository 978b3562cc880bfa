/** The pages of administrators, in the order of the navigation, with the right that each needs. */
export const ADMIN_SECTIONS = [
  { key: "dashboard", to: "/admin/dashboard", right: "system:read" },
  { key: "users", to: "/admin/users", right: "user:read" },
  { key: "groups", to: "/admin/groups", right: "group:read" },
  { key: "providers", to: "/admin/providers", right: "provider:read" },
  { key: "bindings", to: "/admin/bindings", right: "member:read" },
  { key: "roles", to: "/admin/roles", right: "role:read" },
  { key: "robots", to: "/admin/robots", right: "robot:read" },
  { key: "trust", to: "/admin/trust", right: "trust:read" },
  { key: "access", to: "/admin/access", right: "access:explain" },
  { key: "audit", to: "/admin/audit", right: "audit:read" },
  { key: "storage", to: "/admin/storage", right: "system:read" },
  { key: "quotas", to: "/admin/quotas", right: "system:read" },
  { key: "jobs", to: "/admin/jobs", right: "system:read" },
  { key: "integrity", to: "/admin/integrity", right: "system:read" },
  { key: "backups", to: "/admin/backups", right: "backup:read" },
  { key: "inUse", to: "/admin/in-use", right: "in-use:read" },
  { key: "deleted", to: "/admin/deleted", right: "system:read" },
  { key: "reclaim", to: "/admin/reclaim", right: "system:read" },
  { key: "keys", to: "/admin/keys", right: "system:update" },
  { key: "system", to: "/admin/system", right: "system:read" },
] as const;

/** The pages of project people; null: for whoever may see the project. */
export const PROJECT_SECTIONS = [
  { key: "members", to: "/projects/$project/members", right: "member:read" },
  { key: "robots", to: "/projects/$project/robots", right: "robot:read" },
  { key: "roles", to: "/projects/$project/roles", right: "role:read" },
  { key: "trust", to: "/projects/$project/trust", right: "trust:read" },
  { key: "access", to: "/projects/$project/access", right: null },
  { key: "immutability", to: "/projects/$project/immutability", right: "immutability:read" },
  { key: "retention", to: "/projects/$project/retention", right: "retention:read" },
  { key: "trash", to: "/projects/$project/trash", right: "trash:read" },
  { key: "activity", to: "/projects/$project/activity", right: "audit:read" },
  { key: "settings", to: "/projects/$project/settings", right: "project:read" },
] as const;
