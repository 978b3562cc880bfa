import { Badge, List, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Time } from "../../ui/time.tsx";
import { Figure, Figures } from "../figure-card.tsx";
import { useFigures } from "../figures.ts";

type Drill = NonNullable<Schemas["Backup"]["drill"]>;

const COUNTED = ["files", "rows", "blobs", "manifests", "tags", "findings"] as const;

export function Verdict({ verdict }: Pick<Drill, "verdict">) {
  const { t } = useTranslation();
  const isPassed = verdict === "passed";
  return (
    <Badge variant="dot" color={isPassed ? "green" : "red"} tt="none">
      {t(`backups.verdicts.${verdict}`)}
    </Badge>
  );
}

interface Props {
  readonly drill: Drill;
  readonly onClose: () => void;
}

/** The report of a restore drill. */
export function DrillReport({ drill, onClose }: Props) {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const { first, findings, program } = drill;
  return (
    <Dialog onClose={onClose} title={t("backups.report")} isWide>
      <Stack>
        <Verdict verdict={drill.verdict} />
        <Text size="sm" c="dimmed">
          <Time at={drill.finishedAt} /> · {program.version}
        </Text>
        <Figures>
          {COUNTED.map((key) => (
            <Figure key={key} label={t(`backups.counted.${key}`)} value={number(drill[key])} />
          ))}
          <Figure label={t("backups.counted.bytes")} value={size(drill.bytes)} />
        </Figures>
        {first.length > 0 && (
          <List size="sm">
            {first.map(({ kind, what, detail }) => (
              <List.Item key={`${kind} ${what} ${detail}`} className="list-cell">
                {t(`backups.kinds.${kind}`)}: <bdi>{what}</bdi>
                {detail !== "" && ` (${detail})`}
              </List.Item>
            ))}
          </List>
        )}
        {findings > first.length && (
          <Text size="sm">{t("backups.more", { count: findings - first.length })}</Text>
        )}
      </Stack>
    </Dialog>
  );
}
