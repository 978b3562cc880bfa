import {
  Anchor,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatches, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery, useSignOut } from "../api/session.ts";
import { AdminNavigation } from "../manage/admin-navigation.tsx";
import { Preferences } from "./preferences.tsx";
import { ProblemAlert } from "./problem-alert.tsx";
import { SearchBox } from "./search-box.tsx";
import { SignInLink } from "./sign-in-link.tsx";

interface AccountProps {
  readonly name: string;
  readonly onSignOut: () => void;
}

function Account({ name, onSignOut }: AccountProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-md" maw="60vw">
          <VisuallyHidden>{t("app.account")}: </VisuallyHidden>
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/profile">
          {t("app.profile")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={onSignOut}>{t("app.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const PAGES = [
  { to: "/", key: "app.home" },
  { to: "/projects", key: "projects.title" },
  { to: "/repositories", key: "browse.repositories" },
  { to: "/search", key: "search.title" },
  { to: "/clients", key: "clients.title" },
] as const;

/** The ways to the main pages. */
function Navigation({ isVisitor, onGo }: { readonly isVisitor: boolean; onGo: () => void }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("app.navigation")}>
      {PAGES.map(({ to, key }) => (
        <NavLink
          key={to}
          label={t(key)}
          onClick={onGo}
          renderRoot={(props) => (
            <Link
              {...props}
              to={to}
              activeOptions={{ exact: to === "/" || to === "/projects", includeSearch: false }}
              activeProps={{ "aria-current": "page", "data-active": true }}
            />
          )}
        />
      ))}
      {!isVisitor && <AdminNavigation onGo={onGo} />}
    </nav>
  );
}

/** What stands around every page: for visitors too, where pages are open to them. */
export function Shell() {
  const { t } = useTranslation();
  const router = useRouter();
  const signOut = useSignOut();
  const [isOpen, { toggle, close }] = useDisclosure();
  const { data: session } = useQuery(sessionQuery);
  const isInside = useMatches({
    select: (matches) => matches.some(({ routeId }) => routeId === "/inside"),
  });
  // Whoever came as a visitor stays one; whose session ended goes on here after signing in anew.
  const wasIn = useRef(false);
  if (session?.state === "active") wasIn.current = true;
  const isOut =
    session !== undefined &&
    (session === null ? isInside || wasIn.current : session.state !== "active");
  useEffect(() => {
    if (!isOut) return;
    // Ended from another browser, or it owes something since a role has changed.
    const { href } = router.state.location;
    void router.navigate({ to: "/sign-in", search: { to: href }, replace: true });
  }, [isOut, router]);
  if (session === undefined || isOut) return null;
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a href="#content" className="skip-link">
        {t("app.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("app.menu")}
              aria-expanded={isOpen}
            />
            <Anchor
              underline="never"
              c="inherit"
              renderRoot={(props) => <Link {...props} to="/" />}
            >
              <Group gap="xs" wrap="nowrap">
                <img src="/favicon.svg" alt="" width={28} height={28} />
                <Text fw={700} size="lg">
                  {t("app.name")}
                </Text>
              </Group>
            </Anchor>
          </Group>
          <SearchBox />
          {session === null ? (
            <SignInLink />
          ) : (
            <Account
              name={session.user.displayName ?? session.user.name}
              onSignOut={() => signOut.mutate()}
            />
          )}
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="div" className="side">
        <Navigation isVisitor={session === null} onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} mih="calc(100dvh - 4rem)">
        <ProblemAlert error={signOut.error} />
        <Outlet />
        <Group component="footer" justify="center" p="md">
          <Preferences />
        </Group>
      </AppShell.Main>
    </AppShell>
  );
}
