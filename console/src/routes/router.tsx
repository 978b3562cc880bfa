import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { queryClient } from "../api/query.ts";
import { sessionQuery } from "../api/session.ts";
import { Fault } from "../ui/fault.tsx";
import { browseRoutes } from "./browse-routes.ts";
import { manageRoutes } from "./manage-routes.ts";
import { type ProfileTab, profileTabs } from "./profile-tabs.ts";
import { inside, open, root } from "./roots.tsx";
import { SignIn } from "./sign-in.tsx";

interface SignInSearch {
  readonly to?: string | undefined;
  readonly error?: string | undefined;
}

/** Only paths of this console: `//host` and `/\host` lead elsewhere. */
export function ownPath(to: unknown): string | undefined {
  if (typeof to !== "string" || !/^\/(?![/\\])/.test(to)) return undefined;
  const url = new URL(to, location.origin);
  return url.origin === location.origin ? `${url.pathname}${url.search}${url.hash}` : undefined;
}

/** Codes only: a link must not be able to put its own words on this page. */
function errorCode(error: unknown): string | undefined {
  return typeof error === "string" && /^[a-z_.]{1,64}$/.test(error) ? error : undefined;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): SignInSearch => ({
    to: ownPath(search.to),
    error: errorCode(search.error),
  }),
  // Known before the page is drawn: it would show the wrong step first.
  beforeLoad: () => queryClient.ensureQueryData(sessionQuery).then(() => {}),
  component: function SignInRoute() {
    const { to, error } = signIn.useSearch();
    return <SignIn to={to ?? "/"} error={error} />;
  },
});

const profile = createRoute({
  getParentRoute: () => inside,
  path: "/profile",
  validateSearch: (search): { readonly tab?: ProfileTab | undefined } => ({
    tab: profileTabs.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import("./profile.tsx"), "ProfileRoute"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    inside.addChildren([profile, ...manageRoutes]),
    open.addChildren([...browseRoutes]),
  ]),
  defaultPreload: "intent",
  // How old an answer may be is known to those who keep them.
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: Fault,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
