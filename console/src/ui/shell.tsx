import { Anchor, AppShell, Button, Group, Menu, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery, useSignOut } from "../api/session.ts";
import { Preferences } from "./preferences.tsx";
import { ProblemAlert } from "./problem-alert.tsx";

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

/** What stands around every page of somebody who has signed in. */
export function Shell() {
  const { t } = useTranslation();
  const router = useRouter();
  const signOut = useSignOut();
  const { data: session } = useQuery(sessionQuery);
  const isOut = session !== undefined && session?.state !== "active";
  useEffect(() => {
    if (!isOut) return;
    // Ended from another browser, or it owes something since a role has changed.
    const { href } = router.state.location;
    void router.navigate({ to: "/sign-in", search: { to: href }, replace: true });
  }, [isOut, router]);
  if (session === null || session === undefined || isOut) return null;
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <a href="#content" className="skip-link">
        {t("app.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Anchor component={Link} to="/" underline="never" c="inherit">
            <Group gap="xs" wrap="nowrap">
              <img src="/favicon.svg" alt="" width={28} height={28} />
              <Text fw={700} size="lg">
                {t("app.name")}
              </Text>
            </Group>
          </Anchor>
          <Account
            name={session.user.displayName ?? session.user.name}
            onSignOut={() => signOut.mutate()}
          />
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content" tabIndex={-1} mih="calc(100dvh - 4rem)">
        <ProblemAlert error={signOut.error} />
        <Outlet />
      </AppShell.Main>
      <Group component="footer" justify="center" p="md">
        <Preferences />
      </Group>
    </AppShell>
  );
}
