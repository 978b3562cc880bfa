import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import { hasPasskeys } from "../api/passkey.ts";
import { sessionQuery } from "../api/session.ts";
import type { Enrolled, Factor, Factors } from "../api/types.ts";
import { RecoveryCodes } from "../sign-in/recovery-codes.tsx";
import { Ask } from "../ui/ask.tsx";
import { Entries } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { useConfirmed } from "../ui/step-up.tsx";
import { AddFactor } from "./add-factor.tsx";
import { FactorEntry } from "./factor-entry.tsx";

/** Authenticator apps, passkeys and recovery codes of the reader. */
export function FactorsTab() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [adding, setAdding] = useState<Factor["kind"]>();
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
  const added = ({ recoveryCodes }: Enrolled) => {
    setAdding(undefined);
    setCodes(recoveryCodes ?? undefined);
    refresh();
  };
  const remove = useConfirmed((id: string) => call("DELETE", `/me/factors/${id}`), refresh);
  const renew = useConfirmed(
    (_: null) => call<{ codes: readonly string[] }>("POST", "/me/recovery-codes", {}),
    (made) => added({ recoveryCodes: made.codes }),
  );
  if (codes !== undefined) {
    return <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />;
  }
  return (
    <Loaded query={query}>
      {({ items, recoveryCodesLeft }) => (
        <Stack align="flex-start">
          <Text>{t("factors.intro")}</Text>
          {items.length === 0 ? (
            <Text c="dimmed">{t("factors.none")}</Text>
          ) : (
            <Entries label={t("profile.factors")}>
              {items.map((factor) => (
                <FactorEntry key={factor.id} factor={factor} onRemove={() => setRemoving(factor)} />
              ))}
            </Entries>
          )}
          <ProblemAlert error={remove.error ?? renew.error} />
          <Group>
            <Button onClick={() => setAdding("totp")}>{t("enrol.addTotp")}</Button>
            {hasPasskeys() && (
              <Button variant="default" onClick={() => setAdding("passkey")}>
                {t("enrol.addPasskey")}
              </Button>
            )}
          </Group>
          {items.length > 0 && (
            <Group>
              <Text>{t("factors.codesLeft", { count: recoveryCodesLeft })}</Text>
              <Button
                variant="default"
                size="compact-sm"
                loading={renew.change.isPending}
                onClick={() => renew.change.mutate(null)}
              >
                {t("factors.newCodes")}
              </Button>
            </Group>
          )}
          {adding !== undefined && (
            <AddFactor kind={adding} onClose={() => setAdding(undefined)} onDone={added} />
          )}
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
