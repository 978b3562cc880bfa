import { createRootRoute, createRoute, redirect } from "@tanstack/react-router";
import { queryClient } from "../api/query.ts";
import { sessionQuery } from "../api/session.ts";
import { Shell } from "../ui/shell.tsx";
import { NotFound } from "./not-found.tsx";

export const root = createRootRoute({ notFoundComponent: NotFound });

/** Everything behind it needs a finished login. */
export const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location: { href } }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session?.state === "active") return;
    throw redirect({ to: "/sign-in", search: href === "/" ? {} : { to: href } });
  },
});

/** What is behind it is for visitors too: the server shows each what they may see. */
export const open = createRoute({
  getParentRoute: () => root,
  id: "open",
  component: Shell,
  beforeLoad: async ({ location: { href } }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session === null || session.state === "active") return;
    throw redirect({ to: "/sign-in", search: { to: href } });
  },
});
