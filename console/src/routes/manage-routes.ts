import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { queryClient } from "../api/query.ts";
import { rightsQuery } from "../api/rights.ts";
import { listSearch } from "../manage/list/list-search.ts";
import {
  overviewQuery,
  rangeOf,
  slowestQuery,
  topQuery,
  trafficQuery,
} from "../manage/run/dashboard-queries.ts";
import { ADMIN_SECTIONS } from "../manage/sections.ts";
import { inside } from "./roots.tsx";
import { read, soon } from "./soon.ts";

const administration = () => import("./administration.tsx");
const ofProject = () => import("./project-people.tsx");

/** A page of administrators; what it lists stands in its address. */
function adminPage<P extends string, K extends keyof Awaited<ReturnType<typeof administration>>>(
  path: P,
  component: K,
) {
  return createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: listSearch,
    component: lazyRouteComponent(administration, component),
  });
}

const admin = createRoute({
  getParentRoute: () => inside,
  path: "/admin",
  // To the first page that the reader may see.
  beforeLoad: async () => {
    const rights = await queryClient.ensureQueryData(rightsQuery(null));
    const first = ADMIN_SECTIONS.find(({ right }) => rights.has(right));
    throw redirect({ to: first?.to ?? "/", replace: true });
  },
});

const dashboard = createRoute({
  getParentRoute: () => inside,
  path: "/admin/dashboard",
  validateSearch: listSearch,
  loaderDeps: ({ search }) => ({ range: rangeOf(search.range) }),
  loader: ({ deps }) =>
    soon(
      read(rightsQuery(null)),
      read(overviewQuery),
      read(trafficQuery(deps.range)),
      read(topQuery),
      read(slowestQuery),
    ),
  component: lazyRouteComponent(administration, "DashboardRoute"),
});

const frame = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$project",
  component: lazyRouteComponent(ofProject, "ProjectFrameRoute"),
});

/** A page of project people, below the project's frame. */
function projectPage<P extends string, K extends keyof Awaited<ReturnType<typeof ofProject>>>(
  path: P,
  component: K,
) {
  return createRoute({
    getParentRoute: () => frame,
    path,
    validateSearch: listSearch,
    component: lazyRouteComponent(ofProject, component),
  });
}

const projectPages = frame.addChildren([
  projectPage("/members", "MembersRoute"),
  projectPage("/robots", "RobotsRoute"),
  projectPage("/robots/$robot", "RobotRoute"),
  projectPage("/roles", "RolesRoute"),
  projectPage("/trust", "TrustRoute"),
  projectPage("/access", "AccessRoute"),
  projectPage("/immutability", "ImmutabilityRoute"),
  projectPage("/retention", "RetentionRoute"),
  projectPage("/trash", "TrashRoute"),
  projectPage("/activity", "ActivityRoute"),
  projectPage("/settings", "SettingsRoute"),
]);

/** Pages of project people and of administrators. */
export const manageRoutes = [
  admin,
  dashboard,
  adminPage("/admin/users", "UsersRoute"),
  adminPage("/admin/users/$user", "UserRoute"),
  adminPage("/admin/groups", "GroupsRoute"),
  adminPage("/admin/groups/$group", "GroupRoute"),
  adminPage("/admin/providers", "ProvidersRoute"),
  adminPage("/admin/bindings", "BindingsRoute"),
  adminPage("/admin/roles", "RolesRoute"),
  adminPage("/admin/robots", "RobotsRoute"),
  adminPage("/admin/robots/$robot", "RobotRoute"),
  adminPage("/admin/trust", "TrustRoute"),
  adminPage("/admin/access", "AccessRoute"),
  adminPage("/admin/audit", "AuditRoute"),
  adminPage("/admin/storage", "StorageRoute"),
  adminPage("/admin/quotas", "QuotasRoute"),
  adminPage("/admin/jobs", "JobsRoute"),
  adminPage("/admin/jobs/$job", "JobRoute"),
  adminPage("/admin/backups", "BackupsRoute"),
  adminPage("/admin/integrity", "IntegrityRoute"),
  adminPage("/admin/in-use", "InUseRoute"),
  adminPage("/admin/deleted", "DeletedRoute"),
  adminPage("/admin/reclaim", "ReclaimRoute"),
  adminPage("/admin/keys", "KeysRoute"),
  adminPage("/admin/system", "SystemRoute"),
  projectPages,
] as const;
