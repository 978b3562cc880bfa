import { Alert, Badge, Group, List, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Explanation } from "../../api/manage-types.ts";
import { useWords } from "../words.ts";
import { usePermissionWords } from "./permissions.ts";

const MARKS = { allows: "✓", refuses: "✕", passes: "·" } as const;

const markOf = (outcome: string) =>
  outcome in MARKS ? MARKS[outcome as keyof typeof MARKS] : MARKS.passes;

/** The answer to "may they?", each step to it, and every binding that was looked at. */
export function ExplanationView({ explained }: { readonly explained: Explanation }) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const permissionWords = usePermissionWords();
  const { allowed, principal, action, resource, words, steps, bindings } = explained;
  return (
    <Stack>
      <Alert
        role="status"
        color={allowed ? "teal" : "red"}
        variant="light"
        className="verdict"
        title={t(allowed ? "tryIt.allowed" : "tryIt.refused")}
      >
        <Stack gap={4}>
          <Text>{`${principal} · ${permissionWords(action)} · ${resource}`}</Text>
          <Text>{wordsOf(words)}</Text>
        </Stack>
      </Alert>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t("tryIt.steps")}
        </Title>
        <List type="ordered" spacing={4}>
          {steps.map(({ step, outcome, words: why }) => (
            <List.Item key={step} icon={<span aria-hidden="true">{markOf(outcome)}</span>}>
              {wordsOf(why)}
            </List.Item>
          ))}
        </List>
      </Stack>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t("tryIt.bindings")}
        </Title>
        {bindings.length === 0 && <Text c="dimmed">{t("tryIt.noBindings")}</Text>}
        <Stack component="ul" gap="xs" m={0} p={0} className="plain-list">
          {bindings.map((binding) => (
            <Group component="li" key={binding.id} gap="xs" wrap="nowrap" align="flex-start">
              <Badge
                variant="dot"
                color={binding.outcome === "met" ? "teal" : "gray"}
                tt="none"
                miw="fit-content"
              >
                {t(binding.outcome === "met" ? "tryIt.counts" : "tryIt.countsNot")}
              </Badge>
              <Text size="sm" className="entry-words">
                {wordsOf(binding.words)}
              </Text>
            </Group>
          ))}
        </Stack>
      </Stack>
    </Stack>
  );
}
