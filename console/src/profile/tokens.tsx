import { Button, Code, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { sessionQuery } from "../api/session.ts";
import type { Page, Token } from "../api/types.ts";
import { Ask } from "../ui/ask.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Time } from "../ui/time.tsx";
import { NewTokenDialog } from "./new-token.tsx";
import { rightsNameOf } from "./rights.ts";

function Rights({ limits }: Token) {
  const { t } = useTranslation();
  if (limits === null) return t("tokens.all");
  return limits.map((limit) => {
    const name = rightsNameOf(limit);
    const verbs = name === undefined ? limit.actions.join(", ") : t(`tokens.${name}`);
    const patterns = limit.repositories.join(", ");
    return (
      <Text key={`${verbs} ${patterns}`} size="sm" style={{ overflowWrap: "anywhere" }}>
        {verbs}: <Code>{patterns}</Code>
      </Text>
    );
  });
}

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
          {items.length === 0 && <Text c="dimmed">{t("tokens.none")}</Text>}
          {items.length > 0 && (
            <Table.ScrollContainer minWidth={640} w="100%">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("tokens.name")}</Table.Th>
                    <Table.Th>{t("tokens.rights")}</Table.Th>
                    <Table.Th>{t("tokens.expires")}</Table.Th>
                    <Table.Th>{t("tokens.lastUsed")}</Table.Th>
                    <Table.Th>
                      <VisuallyHidden>{t("app.actions")}</VisuallyHidden>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((token) => (
                    <Table.Tr key={token.id}>
                      <Table.Td>{token.name}</Table.Td>
                      <Table.Td>
                        <Rights {...token} />
                      </Table.Td>
                      <Table.Td>
                        <Time at={token.expiresAt} />
                      </Table.Td>
                      <Table.Td>
                        <Time at={token.lastUsedAt} />
                        {token.lastUsedAddress !== null && (
                          <Text size="xs" c="dimmed">
                            {token.lastUsedAddress}
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td>
                        <Button
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          aria-label={`${t("tokens.revoke")}: ${token.name}`}
                          onClick={() => setRevoking(token)}
                        >
                          {t("tokens.revoke")}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
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
