import { Badge, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { User } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { useOriginName } from "../../profile/origin.ts";
import { Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Time } from "../../ui/time.tsx";
import { Page, Section } from "../page.tsx";
import { StandingBadge } from "../standing-badge.tsx";
import { UserActions } from "./user-actions.tsx";
import { UserTokens } from "./user-tokens.tsx";

/** One account: who it is, and what an administrator can do about it. */
export function UserPage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const originName = useOriginName();
  const may = useMay(null)("user:update");
  const query = useQuery({
    queryKey: ["users", id],
    queryFn: () => call<User>("GET", `/users/${id}`),
  });
  return (
    <Loaded query={query}>
      {(user) => (
        <Page
          title={user.displayName ?? user.name}
          intro={user.description ?? undefined}
          actions={may ? <UserActions user={user} /> : undefined}
        >
          <Stack gap="xs">
            <Group gap="xs">
              <StandingBadge state={user.state} />
              {user.administrator && (
                <Badge variant="light" tt="none">
                  {t("people.administrator")}
                </Badge>
              )}
            </Group>
            <Fact>
              {t("signIn.name")}: {user.name} · {t("profile.origin")}: {originName(user.origin)}
              {user.email !== null && ` · ${t("profile.email")}: ${user.email}`}
            </Fact>
            <Fact>
              {t("edit.made")}: <Time at={user.createdAt} /> · {t("people.lastLogin")}:{" "}
              <Time at={user.lastLoginAt} />
            </Fact>
            {user.mustChangePassword && <Fact>{t("people.mustChange")}</Fact>}
          </Stack>
          <Section title={t("profile.tokens")}>
            <UserTokens user={user} />
          </Section>
        </Page>
      )}
    </Loaded>
  );
}
