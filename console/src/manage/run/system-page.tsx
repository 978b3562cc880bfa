import { Alert, Badge, Card, Group, List, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { SystemState } from "../../api/run-types.ts";
import { Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { Page, Section } from "../page.tsx";
import { PlainTable } from "./plain-table.tsx";

function Health({ health }: Pick<SystemState, "health">) {
  const { t } = useTranslation();
  return (
    <Section title={t("system.health")}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {health.map(({ part, ok, why }) => (
          <Card key={part} withBorder padding="sm">
            <Group justify="space-between">
              <Text fw={600}>{part}</Text>
              <Badge variant="dot" color={ok ? "teal" : "red"} tt="none">
                {t(ok ? "system.well" : "system.ill")}
              </Badge>
            </Group>
            {why !== null && <Fact>{why}</Fact>}
          </Card>
        ))}
      </SimpleGrid>
    </Section>
  );
}

function Configuration({ configuration }: Pick<SystemState, "configuration">) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const shown = configuration.filter(({ key, value }) =>
    `${key} ${value}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  return (
    <Section title={t("system.configuration")} intro={t("system.configurationHint")}>
      <TextInput
        size="xs"
        maw={320}
        label={t("list.contains")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <PlainTable
        isText
        label={t("system.configuration")}
        head={[t("system.key"), t("system.value"), t("system.origin")]}
        rows={shown.map(({ key, value, origin }) => ({
          key,
          cells: [
            key,
            <Text key="value" size="sm" ff="monospace" className="wraps">
              {value}
            </Text>,
            origin,
          ],
        }))}
      />
    </Section>
  );
}

/** What runs here, how it is, and how it is set up. */
export function SystemPage() {
  const { t } = useTranslation();
  const { size } = useFigures();
  const query = useQuery({
    queryKey: ["system"],
    queryFn: () => call<SystemState>("GET", "/system"),
    refetchInterval: 30_000,
  });
  return (
    <Page title={t("admin.system")} intro={t("system.intro")}>
      <Loaded query={query}>
        {(state) => {
          const { storage } = state;
          const facts = [
            [t("system.version"), `${state.version} (${state.commit})`],
            [t("system.node"), state.node],
            [t("system.engine"), state.engine],
            [t("system.runtime"), state.runtime],
            [t("system.data"), state.data],
            [t("system.storage"), `${storage.kind} ${storage.path}`],
            [
              t("system.capacity"),
              storage.free === null || storage.total === null
                ? "–"
                : t("system.freeOf", { free: size(storage.free), total: size(storage.total) }),
            ],
            [t("system.urls"), state.urls.join(", ")],
          ] as const;
          return (
            <Stack gap="lg">
              {state.warnings.length > 0 && (
                <Alert color="yellow" title={t("system.warnings")}>
                  <List size="sm">
                    {state.warnings.map((warning) => (
                      <List.Item key={warning}>{warning}</List.Item>
                    ))}
                  </List>
                </Alert>
              )}
              <Health health={state.health} />
              <Section title={t("system.about")}>
                <Stack gap={4}>
                  {facts.map(([label, value]) => (
                    <Group key={label} gap="xs" align="flex-start">
                      <Text size="sm" c="dimmed" w={140}>
                        {label}
                      </Text>
                      <Text size="sm" className="entry-words">
                        {value}
                      </Text>
                    </Group>
                  ))}
                  <Fact>
                    {t("system.started")}: <Time at={state.startedAt} />
                  </Fact>
                </Stack>
              </Section>
              <Configuration configuration={state.configuration} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
