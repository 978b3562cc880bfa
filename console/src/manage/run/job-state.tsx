import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Job, JobState } from "../../api/run-types.ts";
import { State } from "../../ui/state.tsx";
import { useFigures } from "../figures.ts";

export const JOB_STATES = ["waiting", "running", "done", "failed", "cancelled"] as const;

const COLOURS = {
  waiting: "gray",
  running: "cyan",
  done: "teal",
  failed: "red",
  cancelled: "orange",
} as const satisfies Readonly<Record<JobState, string>>;

/** How a job is, with how far it has come. */
export function JobStateView({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const { number } = useFigures();
  const { state, progress, cancelAsked } = job;
  return (
    <div>
      <State colour={COLOURS[state]} words={t(`jobs.states.${state}`)} />
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
    </div>
  );
}
