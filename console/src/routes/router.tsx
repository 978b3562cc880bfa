import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { queryClient } from "../api/query.ts";
import { sessionQuery } from "../api/session.ts";
import { Shell } from "../ui/shell.tsx";
import { Home } from "./home.tsx";
import { NotFound } from "./not-found.tsx";
import { Profile, type ProfileTab, profileTabs } from "./profile.tsx";
import { SignIn } from "./sign-in.tsx";

const root = createRootRoute({ notFoundComponent: NotFound });

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

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): SignInSearch => ({
    to: ownPath(search.to),
    error: typeof search.error === "string" ? search.error.slice(0, 100) : undefined,
  }),
  component: function SignInRoute() {
    const { to, error } = signIn.useSearch();
    return <SignIn to={to ?? "/"} error={error} />;
  },
});

/** Everything behind it needs a finished login. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location: { href } }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session?.state === "active") return;
    throw redirect({ to: "/sign-in", search: href === "/" ? {} : { to: href } });
  },
});

const home = createRoute({ getParentRoute: () => inside, path: "/", component: Home });

const profile = createRoute({
  getParentRoute: () => inside,
  path: "/profile",
  validateSearch: (search): { readonly tab?: ProfileTab | undefined } => ({
    tab: profileTabs.find((tab) => tab === search.tab),
  }),
  component: function ProfileRoute() {
    const { tab = "account" } = profile.useSearch();
    const navigate = profile.useNavigate();
    return <Profile tab={tab} onTab={(next) => void navigate({ search: { tab: next } })} />;
  },
});

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren([home, profile])]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
