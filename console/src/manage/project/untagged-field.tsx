import { Group, NativeSelect, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "../../api/manage-types.ts";

export type UntaggedAfter = Project["untaggedAfter"];

const DAY = 86_400_000;
/** What it begins with, and how many days there can be. */
const USUAL_DAYS = 30;
const MOST_DAYS = 3_650;
const LEAST = 1_000;

const WAYS = ["installation", "never", "after"] as const;

function wayOf(value: UntaggedAfter): (typeof WAYS)[number] {
  if (value === null) return "installation";
  return value === "never" ? "never" : "after";
}

/** Days as people read them; what is there stays exact while nobody writes another. */
function daysOf(milliseconds: number): number {
  return Math.round((milliseconds / DAY) * 1_000) / 1_000;
}

/** The same in words, for two versions side by side. */
export function useUntaggedText(): (value: UntaggedAfter) => string {
  const { t } = useTranslation();
  return (value) =>
    typeof value === "number"
      ? t("settings.untaggedDays", { days: daysOf(value) })
      : t(`settings.untaggedWays.${wayOf(value)}`);
}

interface Props {
  readonly value: UntaggedAfter;
  readonly disabled: boolean;
  readonly onChange: (value: UntaggedAfter) => void;
}

/** When a manifest that nothing holds counts as unused. */
export function UntaggedField({ value, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const choose = (way: string) => {
    if (way === wayOf(value)) return;
    onChange(way === "installation" ? null : way === "never" ? "never" : USUAL_DAYS * DAY);
  };
  return (
    <Group align="end">
      <NativeSelect
        label={t("settings.untagged")}
        description={t("settings.untaggedHint")}
        disabled={disabled}
        value={wayOf(value)}
        data={WAYS.map((way) => ({ value: way, label: t(`settings.untaggedWays.${way}`) }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {typeof value === "number" && (
        <NumberInput
          label={t("settings.untaggedAfterDays")}
          disabled={disabled}
          value={daysOf(value)}
          min={0.001}
          max={MOST_DAYS}
          decimalScale={3}
          onChange={(days) => {
            if (typeof days !== "number" || days === daysOf(value)) return;
            onChange(Math.min(MOST_DAYS * DAY, Math.max(LEAST, Math.round(days * DAY))));
          }}
        />
      )}
    </Group>
  );
}
