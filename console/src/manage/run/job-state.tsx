import { Badge, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Job, JobState } from "../../api/run-types.ts";
import { useFigures } from "../figures.ts";

export const JOB_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;

const COLOURS: Readonly<Record<JobState, string>> = {
  waiting: "gray",
  running: "cyan",
  done: "teal",
  failed: "red",
  cancelled: "orange",
};

/** How a job is, with how far it has come. */
export function JobStateView({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const { state, progress, cancelAsked } = job;
  return (
    <Stack gap={4} align="flex-start">
      <Badge variant="dot" color={COLOURS[state]} tt="none">
        {t(`jobs.states.${state}`)}
      </Badge>
      {state === "running" && progress !== null && (
        <>
          {progress.total !== null && progress.total > 0 && (
            <Progress
              w={160}
              value={(100 * progress.done) / progress.total}
              aria-label={t("jobs.progress")}
            />
          )}
          <Text size="xs" c="dimmed">
            {progress.total === null
              ? number(progress.done)
              : `${number(progress.done)} / ${number(progress.total)}`}
          </Text>
        </>
      )}
      {cancelAsked && state === "running" && (
        <Text size="xs" c="dimmed">
          {t("jobs.cancelling")}
        </Text>
      )}
    </Stack>
  );
}
