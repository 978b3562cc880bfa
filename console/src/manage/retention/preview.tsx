import { Group, Loader, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useNumber, useSize } from "../../ui/figure.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Items } from "./items.tsx";
import { type Terms, usePreview } from "./use-preview.ts";

interface Props {
  readonly project: string;
  readonly policyId: string | null;
  /** Null while it is not whole. */
  readonly terms: Terms | null;
}

/** What a policy would delete and why, while it is being written. */
export function Preview({ project, policyId, terms }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const size = useSize();
  const [settled] = useDebouncedValue(terms, 500);
  const found = usePreview(project, policyId, settled);
  const { run, going, spared } = found.data ?? {};
  return (
    <section aria-label={t("retention.preview")} aria-live="polite">
      <Stack gap="xs">
        <Group gap="xs">
          <Text size="sm" fw={500}>
            {t("retention.preview")}
          </Text>
          {found.isFetching && (
            <Loader size="xs" role="status" aria-label={t("retention.looking")} />
          )}
        </Group>
        <ProblemAlert error={found.error} />
        {terms === null && (
          <Text size="sm" c="dimmed">
            {t("retention.notWhole")}
          </Text>
        )}
        {run !== undefined && terms !== null && (
          <Text size="sm">
            {t("retention.summary", {
              tags: number(run.tags.going),
              manifests: number(run.manifests.going),
              bytes: size(run.bytes),
              kept: number(run.tags.kept),
            })}
          </Text>
        )}
        {run !== undefined && terms !== null && going !== undefined && going.items.length > 0 && (
          <Items label={t("retention.going")} items={going.items} rules={run.rules} />
        )}
        {run !== undefined && terms !== null && spared !== undefined && spared.items.length > 0 && (
          <Items label={t("retention.sparedList")} items={spared.items} rules={run.rules} />
        )}
        {(going?.next ?? null) !== null && (
          <Text size="sm" c="dimmed">
            {t("retention.more")}
          </Text>
        )}
      </Stack>
    </section>
  );
}
