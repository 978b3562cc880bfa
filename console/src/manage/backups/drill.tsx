import { Badge, List, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { PlainTable } from "../run/plain-table.tsx";

type Drill = NonNullable<Schemas["Backup"]["drill"]>;

const COUNTED = ["files", "rows", "blobs", "manifests", "tags", "findings"] as const;

export function Verdict({ drill }: { readonly drill: Drill }) {
  const { t } = useTranslation();
  const isPassed = drill.verdict === "passed";
  return (
    <Badge variant="dot" color={isPassed ? "green" : "red"} tt="none">
      {t(`backups.verdicts.${drill.verdict}`)}
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
    <Dialog onClose={onClose} title={t("backups.report")}>
      <Stack>
        <Verdict drill={drill} />
        <Text size="sm" c="dimmed">
          <Time at={drill.finishedAt} /> · {program.version}
        </Text>
        <PlainTable
          label={t("backups.report")}
          head={[t("backups.what"), t("backups.count")]}
          rows={[
            ...COUNTED.map((key) => ({
              key,
              cells: [t(`backups.counted.${key}`), number(drill[key])],
            })),
            { key: "bytes", cells: [t("backups.counted.bytes"), size(drill.bytes)] },
          ]}
        />
        {first.length > 0 && (
          <List size="sm">
            {first.map(({ kind, what, detail }) => (
              <List.Item key={`${kind} ${what} ${detail}`}>
                {t(`backups.kinds.${kind}`)}: <bdi className="words">{what}</bdi>
                {detail !== "" && (
                  <Text span c="dimmed">
                    {" "}
                    {detail}
                  </Text>
                )}
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
