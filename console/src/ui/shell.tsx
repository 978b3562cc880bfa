import { Anchor, AppShell, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery, useSignOut } from "../api/session.ts";
import { Preferences } from "./preferences.tsx";

function Account() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const { data: session } = useQuery(sessionQuery);
  if (session === null || session === undefined) return null;
  const leave = () =>
    signOut.mutate(undefined, { onSettled: () => void navigate({ to: "/sign-in" }) });
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-md" aria-label={t("app.account")}>
          {session.user.displayName ?? session.user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/profile">
          {t("app.profile")}
        </Menu.Item>
        <Menu.Item onClick={leave}>{t("app.signOut")}</Menu.Item>
        <Menu.Divider />
        <Stack p="xs">
          <Preferences />
        </Stack>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What stands around every page of somebody who has signed in. */
export function Shell() {
  const { t } = useTranslation();
  return (
    <AppShell header={{ height: 56 }} padding="md">
      <Anchor
        href="#content"
        pos="absolute"
        left={-9999}
        styles={{ root: { "&:focus": { left: 8 } } }}
      >
        {t("app.skip")}
      </Anchor>
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
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
