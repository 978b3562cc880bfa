import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { sessionQuery } from "../api/session.ts";
import type { Page, Token } from "../api/types.ts";
import { Ask } from "../ui/ask.tsx";
import { Entries } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { NewTokenDialog } from "./new-token.tsx";
import { TokenEntry } from "./token-entry.tsx";

/** The reader's personal access tokens. */
export function TokensTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const query = useQuery({
    queryKey: ["tokens"],
    queryFn: () => call<Page<Token>>("GET", "/me/tokens?limit=200"),
  });
  const refresh = () => void client.invalidateQueries({ queryKey: ["tokens"] });
  const revoke = useMutation({
    mutationFn: (id: string) => call("DELETE", `/me/tokens/${id}`),
    onSuccess: refresh,
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack align="flex-start">
          <Text>{t("tokens.intro")}</Text>
          <Button onClick={() => setMaking(true)}>{t("tokens.create")}</Button>
          <ProblemAlert error={revoke.error} />
          {items.length === 0 ? (
            <Text c="dimmed">{t("tokens.none")}</Text>
          ) : (
            <Entries label={t("profile.tokens")}>
              {items.map((token) => (
                <TokenEntry key={token.id} token={token} onRevoke={() => setRevoking(token)} />
              ))}
            </Entries>
          )}
          {isMaking && (
            <NewTokenDialog
              userName={session?.user.name ?? ""}
              onClose={() => setMaking(false)}
              onMade={refresh}
            />
          )}
          {revoking !== undefined && (
            <Ask
              title={t("tokens.revokeTitle", { name: revoking.name })}
              words={t("tokens.revokeIntro")}
              yes={t("tokens.revoke")}
              onYes={() => {
                revoke.mutate(revoking.id);
                setRevoking(undefined);
              }}
              onNo={() => setRevoking(undefined)}
            />
          )}
        </Stack>
      )}
    </Loaded>
  );
}
