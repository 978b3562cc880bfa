import { Container, Stack, Tabs, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AccountTab } from "../profile/account.tsx";
import { FactorsTab } from "../profile/factors.tsx";
import { SessionsTab } from "../profile/sessions.tsx";
import { TokensTab } from "../profile/tokens.tsx";
import { profileTabs } from "./profile-tabs.ts";

const PANELS = {
  account: AccountTab,
  factors: FactorsTab,
  tokens: TokensTab,
  sessions: SessionsTab,
} as const;

const here = getRouteApi("/inside/profile");

/** The reader's own account. */
export function ProfileRoute() {
  const { t } = useTranslation();
  const { tab = "account" } = here.useSearch();
  const navigate = here.useNavigate();
  useDocumentTitle(`${t(`profile.${tab}`)} · ${t("app.name")}`);
  const choose = (value: string | null) =>
    void navigate({ search: { tab: profileTabs.find((each) => each === value) } });
  return (
    <Container size="md">
      <Stack>
        <Title order={1}>{t("profile.title")}</Title>
        <Tabs value={tab} onChange={choose} keepMounted={false}>
          <Tabs.List mb="md">
            {profileTabs.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`profile.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {profileTabs.map((each) => {
            const Panel = PANELS[each];
            return (
              <Tabs.Panel key={each} value={each}>
                <Panel />
              </Tabs.Panel>
            );
          })}
        </Tabs>
      </Stack>
    </Container>
  );
}
