import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Secret, User } from "../../api/manage-types.ts";
import type { Page } from "../../api/types.ts";
import { TokenEntry } from "../../profile/token-entry.tsx";
import { Ask } from "../../ui/ask.tsx";
import { Entries } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useAct, useRefresh } from "../save.ts";

/** Somebody's live tokens; each can be revoked. */
export function UserTokens({ user }: { readonly user: User }) {
  const { t } = useTranslation();
  const [revoking, setRevoking] = useState<Secret>();
  const path = `/users/${user.id}/tokens`;
  const query = useQuery({
    queryKey: ["users", user.id, "tokens"],
    queryFn: () => call<Page<Secret>>("GET", `${path}?limit=200`),
  });
  const refresh = useRefresh("users");
  const act = useAct(refresh);
  return (
    <Loaded query={query}>
      {({ items }) => {
        const live = items.filter(({ state }) => state === "active");
        return (
          <Stack>
            <ProblemAlert error={act.error} />
            {live.length === 0 ? (
              <Text c="dimmed">{t("tokens.none")}</Text>
            ) : (
              <Entries label={t("profile.tokens")}>
                {live.map((token) => (
                  <TokenEntry key={token.id} token={token} onRevoke={() => setRevoking(token)} />
                ))}
              </Entries>
            )}
            {revoking !== undefined && (
              <Ask
                title={t("tokens.revokeTitle", { name: revoking.name })}
                words={t("tokens.revokeIntro")}
                yes={t("tokens.revoke")}
                onYes={() => {
                  act.change.mutate({ method: "DELETE", path: `${path}/${revoking.id}` });
                  setRevoking(undefined);
                }}
                onNo={() => setRevoking(undefined)}
              />
            )}
            {act.dialog}
          </Stack>
        );
      }}
    </Loaded>
  );
}
