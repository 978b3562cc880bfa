import { Button, Card, Code, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import type { RetentionPolicy } from "../../api/manage-types.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useCreate } from "../save.ts";
import { under } from "../scope.ts";
import { Preview } from "./preview.tsx";
import { RulesText } from "./rules-text.tsx";

interface Props {
  readonly project: string;
  readonly policy: Schemas["ImportedRetention"]["policies"][number];
  readonly onSaved: () => void;
}

/** What a policy of another registry becomes here, what it would do, and the way to save it. */
export function ImportedPolicy({ project, policy, onSaved }: Props) {
  const { t } = useTranslation();
  const { repositories, rules, schedule } = policy;
  const [name, setName] = useState(policy.name);
  const [isSaved, setSaved] = useState(false);
  const path = under(project, "/retention-policies");
  const create = useCreate<object, RetentionPolicy>(path, () => {
    setSaved(true);
    onSaved();
  });
  return (
    <Card withBorder component="section" aria-label={policy.name}>
      <Stack>
        <TextInput
          label={t("retention.name")}
          maxLength={64}
          readOnly={isSaved}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {t("retention.repositories")}
          </Text>
          <Code className="wraps">{repositories.join(", ")}</Code>
        </Stack>
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            {t("retention.rules")}
          </Text>
          <RulesText rules={rules} />
        </Stack>
        <Text size="sm">
          {`${t("retention.nextRun")}: `}
          {schedule === null ? t("retention.byHand") : `${schedule.cron} (${schedule.timeZone})`}
        </Text>
        {!isSaved && <Preview project={project} policyId={null} terms={{ repositories, rules }} />}
        <ProblemAlert error={create.error} />
        <Group justify="flex-end">
          {isSaved ? (
            <Text role="status">{t("app.saved")}</Text>
          ) : (
            <Button
              disabled={name.trim() === ""}
              loading={create.change.isPending}
              onClick={() =>
                create.change.mutate({ name: name.trim(), repositories, rules, schedule })
              }
            >
              {t("retention.saveImported", { name: policy.name })}
            </Button>
          )}
        </Group>
      </Stack>
      {create.dialog}
    </Card>
  );
}
