import { queryOptions } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { queryClient } from "../api/query.ts";
import { rightsInQuery } from "../api/rights.ts";
import { sessionQuery } from "../api/session.ts";
import { whenQuiet } from "../api/when-quiet.ts";
import { compareState } from "../browse/compare-state.ts";
import {
  artifactQuery,
  historyQuery,
  keptQuery,
  projectQuery,
  projectsQuery,
  repositoriesQuery,
  repositoryQuery,
  tagsQuery,
  usageQuery,
} from "../browse/queries.ts";
import { searchState } from "../browse/search-state.ts";
import { listState, manifestsState } from "../browse/table-state.ts";
import { i18n } from "../i18n/i18n.ts";
import { listSearch } from "../manage/list/list-search.ts";
import { markdownQuery } from "../markdown/markdown-query.ts";
import { prepareReader } from "../markdown/read.ts";
import { type ArtifactTab, artifactTabs } from "./artifact-tabs.ts";
import { Home } from "./home.tsx";
import { open } from "./roots.tsx";
import { read, soon } from "./soon.ts";

const anyProject = queryOptions({
  queryKey: ["projects", "any"],
  queryFn: () => ask("listProjects", { query: { limit: 1 } }),
});

/** What stands above every page of a repository. */
function readFrame(place: Place) {
  const session = queryClient.getQueryData(sessionQuery.queryKey);
  return [
    read(repositoryQuery(place)),
    read(usageQuery(place)),
    ...(session?.state === "active" ? [read(rightsInQuery(fullName(place)))] : []),
  ];
}

/** An artifact, and then why it is kept, and its README, where it has one. */
async function readWords({ reference, ...place }: Place & { readonly reference: string }) {
  const query = artifactQuery(place, reference);
  await read(query);
  const artifact = queryClient.getQueryData(query.queryKey);
  if (artifact === undefined) return;
  const readme = artifact.insight?.readme;
  await Promise.all([
    read(keptQuery(place, artifact.digest)),
    readme ? read(markdownQuery(readme.markdown, i18n.t("browse.footnotes"))) : undefined,
  ]);
}

// What a page shows is read while its code is on its way.
const home = createRoute({
  getParentRoute: () => open,
  path: "/",
  validateSearch: listState,
  component: Home,
  beforeLoad: async () => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session !== null) return;
    // Where nothing is public, signing in is all that a visitor can do.
    const { items } = await queryClient.fetchQuery(anyProject);
    if (items.length === 0) throw redirect({ to: "/sign-in" });
  },
});

const projects = createRoute({
  getParentRoute: () => open,
  path: "/projects",
  validateSearch: listState,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => soon(read(projectsQuery(deps))),
  component: lazyRouteComponent(() => import("./projects.tsx"), "ProjectsRoute"),
});

const search = createRoute({
  getParentRoute: () => open,
  path: "/search",
  validateSearch: searchState,
  component: lazyRouteComponent(() => import("./search.tsx"), "SearchRoute"),
});

const repositories = createRoute({
  getParentRoute: () => open,
  path: "/repositories",
  validateSearch: listState,
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => soon(read(repositoriesQuery(undefined, deps))),
  component: lazyRouteComponent(() => import("./repositories.tsx"), "RepositoriesRoute"),
});

const project = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories",
  validateSearch: listState,
  loaderDeps: ({ search }) => search,
  loader: ({ params: { project }, deps }) =>
    soon(read(projectQuery(project)), read(repositoriesQuery(project, deps))),
  component: lazyRouteComponent(() => import("./project.tsx"), "ProjectRoute"),
});

const tags = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/tags",
  validateSearch: listState,
  loaderDeps: ({ search }) => search,
  loader: async ({ params, deps }) => {
    await soon(...readFrame(params), read(tagsQuery(params, deps)));
    // Most go on to an image, which may have something to read.
    whenQuiet(prepareReader);
  },
  component: lazyRouteComponent(() => import("./repository.tsx"), "TagsRoute"),
});

const about = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/about",
  loader: ({ params }) => {
    prepareReader();
    return soon(...readFrame(params));
  },
  component: lazyRouteComponent(() => import("./repository.tsx"), "AboutRoute"),
});

const manifests = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/manifests",
  validateSearch: manifestsState,
  component: lazyRouteComponent(() => import("./repository.tsx"), "ManifestsRoute"),
});

const compare = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/compare",
  validateSearch: compareState,
  component: lazyRouteComponent(() => import("./compare.tsx"), "CompareRoute"),
});

const history = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/history",
  loader: ({ params }) =>
    soon(...readFrame(params), queryClient.prefetchInfiniteQuery(historyQuery(params))),
  component: lazyRouteComponent(() => import("./repository.tsx"), "HistoryRoute"),
});

const trash = createRoute({
  getParentRoute: () => open,
  path: "/projects/$project/repositories/$repository/trash",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./repository.tsx"), "RepositoryTrashRoute"),
});

const artifact = createRoute({
  getParentRoute: () => open,
  // The last part is no reference: what ends like a file would be looked for as one.
  path: "/projects/$project/repositories/$repository/artifacts/$reference/overview",
  validateSearch: (search): { readonly tab?: ArtifactTab | undefined } => ({
    tab: artifactTabs.find((tab) => tab === search.tab),
  }),
  loader: ({ params }) => {
    prepareReader();
    return soon(readWords(params));
  },
  component: lazyRouteComponent(() => import("./artifact.tsx"), "ArtifactRoute"),
});

const clients = createRoute({
  getParentRoute: () => open,
  path: "/clients",
  component: lazyRouteComponent(() => import("./clients.tsx"), "ClientsRoute"),
});

/** Pages for everyone. */
export const browseRoutes = [
  home,
  projects,
  search,
  repositories,
  project,
  tags,
  about,
  manifests,
  history,
  trash,
  compare,
  artifact,
  clients,
] as const;
