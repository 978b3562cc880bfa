import { Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";

/** Something to do with several rows at once. */
export interface Bulk<T> {
  readonly label: string;
  readonly isDangerous?: boolean;
  /** Asked before it is done. */
  readonly question: string;
  readonly act: (row: T) => Promise<unknown>;
}

interface Props<T> {
  readonly rows: readonly T[];
  readonly actions: readonly Bulk<T>[];
  readonly onDone: (left: readonly T[]) => void;
}

interface Progressing {
  readonly done: number;
  readonly all: number;
}

/** What can be done with the chosen rows: one after the other, and what failed stays chosen. */
export function BulkBar<T>({ rows, actions, onDone }: Props<T>) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Bulk<T>>();
  const [progress, setProgress] = useState<Progressing>();
  const [failure, setFailure] = useState<unknown>(null);

  async function run({ act }: Bulk<T>): Promise<void> {
    const left: T[] = [];
    setFailure(null);
    for (const [index, row] of rows.entries()) {
      setProgress({ done: index, all: rows.length });
      try {
        await act(row);
      } catch (error) {
        left.push(row);
        setFailure(error);
      }
    }
    setProgress(undefined);
    onDone(left);
  }

  if (rows.length === 0) return null;
  return (
    <Card withBorder padding="xs">
      <Stack gap="xs">
        <Group>
          <Text size="sm" role="status">
            {t("list.chosen", { count: rows.length })}
          </Text>
          {actions.map((each) => (
            <Button
              key={each.label}
              size="xs"
              variant={each.isDangerous ? "light" : "default"}
              {...(each.isDangerous ? { color: "red" } : {})}
              disabled={progress !== undefined}
              onClick={() => setAsking(each)}
            >
              {each.label}
            </Button>
          ))}
        </Group>
        {progress !== undefined && (
          <Progress
            value={(100 * progress.done) / progress.all}
            aria-label={t("list.progress", { done: progress.done, all: progress.all })}
          />
        )}
        <ProblemAlert error={failure} />
      </Stack>
      {asking !== undefined && (
        <Ask
          title={t("list.bulkTitle", { what: asking.label, count: rows.length })}
          words={asking.question}
          yes={asking.label}
          onYes={() => {
            setAsking(undefined);
            void run(asking);
          }}
          onNo={() => setAsking(undefined)}
        />
      )}
    </Card>
  );
}
