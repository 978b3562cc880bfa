import { Container, Stack, Tabs, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AccountTab } from "../profile/account.tsx";
import { FactorsTab } from "../profile/factors.tsx";
import { SessionsTab } from "../profile/sessions.tsx";
import { TokensTab } from "../profile/tokens.tsx";

export const profileTabs = ["account", "factors", "tokens", "sessions"] as const;
export type ProfileTab = (typeof profileTabs)[number];

interface Props {
  readonly tab: ProfileTab;
  readonly onTab: (tab: ProfileTab) => void;
}

const PANELS = {
  account: AccountTab,
  factors: FactorsTab,
  tokens: TokensTab,
  sessions: SessionsTab,
} as const;

/** The reader's own account. */
export function Profile({ tab, onTab }: Props) {
  const { t } = useTranslation();
  return (
    <Container size="md">
      <Stack>
        <Title order={1}>{t("profile.title")}</Title>
        <Tabs
          value={tab}
          onChange={(value) => onTab(profileTabs.find((each) => each === value) ?? "account")}
          keepMounted={false}
        >
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
