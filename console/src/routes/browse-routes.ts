import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { listState } from "../browse/table-state.ts";
import { type ArtifactTab, artifactTabs } from "./artifact-tabs.ts";
import { open } from "./roots.tsx";

const repositories = createRoute({
  getParentRoute: () => open,
  path: "/repositories",
  validateSearch: listState,
  component: lazyRouteComponent(() => import("./repositories.tsx"), "RepositoriesRoute"),
});

const project = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories",
  validateSearch: listState,
  component: lazyRouteComponent(() => import("./project.tsx"), "ProjectRoute"),
});

const tags = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/tags",
  validateSearch: listState,
  component: lazyRouteComponent(() => import("./repository.tsx"), "TagsRoute"),
});

const history = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/history",
  component: lazyRouteComponent(() => import("./repository.tsx"), "HistoryRoute"),
});

const artifact = createRoute({
  getParentRoute: () => open,
  // The last part is no reference: what ends like a file would be looked for as one.
  path: "/projects/$project/repositories/$repository/artifacts/$reference/overview",
  validateSearch: (search): { readonly tab?: ArtifactTab | undefined } => ({
    tab: artifactTabs.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import("./artifact.tsx"), "ArtifactRoute"),
});

const clients = createRoute({
  getParentRoute: () => open,
  path: "/clients",
  component: lazyRouteComponent(() => import("./clients.tsx"), "ClientsRoute"),
});

/** Pages for everyone. */
export const browseRoutes = [repositories, project, tags, history, artifact, clients] as const;
