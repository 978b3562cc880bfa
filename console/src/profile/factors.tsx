import { Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { addPasskey } from "../api/passkey.ts";
import { sessionQuery } from "../api/session.ts";
import type { Factor, Factors } from "../api/types.ts";
import { RecoveryCodes } from "../sign-in/recovery-codes.tsx";
import { TotpSetup } from "../sign-in/totp-setup.tsx";
import { Ask } from "../ui/ask.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useConfirmed } from "../ui/step-up.tsx";
import { Time } from "../ui/time.tsx";

/** Authenticator apps, passkeys and recovery codes of the reader. */
export function FactorsTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>();
  const [removing, setRemoving] = useState<Factor>();
  const query = useQuery({
    queryKey: ["factors"],
    queryFn: () => call<Factors>("GET", "/me/factors"),
  });
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["factors"] });
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const added = (made: readonly string[] | null) => {
    setAdding(false);
    setCodes(made ?? undefined);
    refresh();
  };
  const passkey = useMutation({
    mutationFn: () => addPasskey(t("factors.kind.passkey")),
    onSuccess: ({ recoveryCodes }) => added(recoveryCodes),
  });
  const remove = useConfirmed((id: string) => call("DELETE", `/me/factors/${id}`), refresh);
  const renew = useConfirmed(
    (_: null) => call<{ codes: readonly string[] }>("POST", "/me/recovery-codes", {}),
    (made) => added(made.codes),
  );
  if (codes !== undefined) {
    return <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />;
  }
  return (
    <Loaded query={query}>
      {({ items, recoveryCodesLeft }) => (
        <Stack align="flex-start">
          <Text>{t("factors.intro")}</Text>
          {items.length === 0 && <Text c="dimmed">{t("factors.none")}</Text>}
          {items.length > 0 && (
            <Table.ScrollContainer minWidth={480} w="100%">
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("enrol.name")}</Table.Th>
                    <Table.Th>{t("factors.added")}</Table.Th>
                    <Table.Th>{t("factors.used")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((factor) => (
                    <Table.Tr key={factor.id}>
                      <Table.Td>
                        {factor.name}{" "}
                        <Badge variant="light" tt="none">
                          {t(`factors.kind.${factor.kind}`)}
                        </Badge>
                      </Table.Td>
                      <Table.Td>
                        <Time at={factor.createdAt} />
                      </Table.Td>
                      <Table.Td>
                        <Time at={factor.lastUsedAt} />
                      </Table.Td>
                      <Table.Td>
                        <Button
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          onClick={() => setRemoving(factor)}
                        >
                          {t("app.remove")}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
          <ProblemAlert error={passkey.error ?? remove.error ?? renew.error} />
          <Group>
            <Button onClick={() => setAdding(true)}>{t("enrol.addTotp")}</Button>
            {window.PublicKeyCredential !== undefined && (
              <Button
                variant="default"
                loading={passkey.isPending}
                onClick={() => passkey.mutate()}
              >
                {t("enrol.addPasskey")}
              </Button>
            )}
          </Group>
          {items.length > 0 && (
            <Group>
              <Text>{t("factors.codesLeft", { count: recoveryCodesLeft })}</Text>
              <Button variant="default" size="compact-sm" onClick={() => renew.change.mutate(null)}>
                {t("factors.newCodes")}
              </Button>
            </Group>
          )}
          <Modal
            opened={adding}
            onClose={() => setAdding(false)}
            title={t("enrol.addTotp")}
            closeButtonProps={{ "aria-label": t("app.close") }}
          >
            <TotpSetup onDone={added} />
          </Modal>
          {removing !== undefined && (
            <Ask
              title={t("factors.removeTitle", { name: removing.name })}
              words={t("factors.removeIntro")}
              yes={t("app.remove")}
              onYes={() => {
                remove.change.mutate(removing.id);
                setRemoving(undefined);
              }}
              onNo={() => setRemoving(undefined)}
            />
          )}
          {remove.dialog}
          {renew.dialog}
        </Stack>
      )}
    </Loaded>
  );
}
