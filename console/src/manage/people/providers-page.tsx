import { Badge, Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Provider, ProviderReport } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Entries, Entry, Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { PasswordField } from "../../ui/password-field.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Page } from "../page.tsx";
import { AdmitUser } from "./admit-user.tsx";

function Report({ report }: { readonly report: ProviderReport }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" role="status">
      <Badge variant="dot" color={report.ok ? "teal" : "red"} tt="none">
        {t(report.ok ? "providers.works" : "providers.fails")}
      </Badge>
      <List type="ordered" spacing="xs">
        {report.steps.map(({ step, ok, reason, facts }, index) => (
          <List.Item key={`${index} ${step}`}>
            <Text size="sm" fw={600}>
              {`${ok ? "✓" : "✕"} ${step}`}
            </Text>
            {reason !== undefined && <Text size="sm">{reason}</Text>}
            {Object.entries(facts).map(([name, value]) => (
              <Text key={name} size="sm" c="dimmed" className="wraps">
                {`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`}
              </Text>
            ))}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

interface TestProps {
  readonly provider: Provider;
  readonly onClose: () => void;
}

/** Tries a provider, with somebody's name and password where the reader gives them. */
function TestDialog({ provider, onClose }: TestProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const path = `/providers/${encodeURIComponent(provider.name)}/test`;
  const test = useMutation({
    mutationFn: () =>
      call<ProviderReport>("POST", path, {
        ...(name === "" ? {} : { name }),
        ...(password === "" ? {} : { password }),
      }),
    onSettled: () => setPassword(""),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    test.mutate();
  }
  return (
    <Dialog title={t("providers.testTitle", { name: provider.label })} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t("providers.testIntro")}</Text>
          {provider.type !== "oidc" && (
            <>
              <TextInput
                label={t("signIn.name")}
                autoComplete="off"
                autoCapitalize="none"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <PasswordField
                label={t("signIn.password")}
                required={false}
                autoComplete="off"
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
            </>
          )}
          <Button type="submit" loading={test.isPending}>
            {t("providers.test")}
          </Button>
          <ProblemAlert error={test.error} />
          {test.data !== undefined && <Report report={test.data} />}
        </Stack>
      </form>
    </Dialog>
  );
}

/** Where people's logins come from, as configured; each can be tried. */
export function ProvidersPage() {
  const { t } = useTranslation();
  const may = useMay(null);
  const [testing, setTesting] = useState<Provider>();
  const [admitting, setAdmitting] = useState<Provider>();
  const query = useQuery({
    queryKey: ["login-providers"],
    queryFn: () => call<{ items: readonly Provider[] }>("GET", "/providers"),
  });
  return (
    <Page title={t("admin.providers")} intro={t("providers.intro")}>
      <Loaded query={query}>
        {({ items }) => (
          <Entries label={t("admin.providers")}>
            {items.map((provider) => (
              <Entry
                key={provider.name}
                name={provider.label}
                badge={provider.type}
                action={
                  <Group gap="xs">
                    {may("user:create") && provider.type !== "local" && (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`${t("providers.admit")}: ${provider.label}`}
                        onClick={() => setAdmitting(provider)}
                      >
                        {t("providers.admit")}
                      </Button>
                    )}
                    {may("provider:test") && provider.type !== "local" && (
                      <Button
                        size="xs"
                        variant="light"
                        aria-label={`${t("providers.test")}: ${provider.label}`}
                        onClick={() => setTesting(provider)}
                      >
                        {t("providers.test")}
                      </Button>
                    )}
                  </Group>
                }
              >
                <Fact>{provider.name}</Fact>
              </Entry>
            ))}
          </Entries>
        )}
      </Loaded>
      {testing !== undefined && (
        <TestDialog provider={testing} onClose={() => setTesting(undefined)} />
      )}
      {admitting !== undefined && (
        <AdmitUser provider={admitting} onClose={() => setAdmitting(undefined)} />
      )}
    </Page>
  );
}
