import {
  Button,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import {
  CONDITION_NAMES,
  CONDITIONS,
  type Condition,
  conditionsOf,
  firstValue,
  type Rule,
  without,
} from "./conditions.ts";

interface FieldProps {
  readonly rule: Rule;
  readonly condition: Condition;
  readonly set: (rule: Rule) => void;
}

const BY = ["pushed", "used", "version"] as const;
const PER = ["repository", "minor", "major"] as const;

function CountField({ rule, condition, set }: FieldProps) {
  const { t } = useTranslation();
  if (condition !== "newest" && condition !== "exceptNewest") return null;
  const count = rule[condition];
  if (count === undefined) return null;
  const change = (more: Partial<typeof count>) =>
    set({ ...rule, [condition]: { ...count, ...more } });
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        label={t(`retention.condition.${condition}`)}
        type="number"
        min={condition === "newest" ? 1 : 0}
        w={160}
        value={String(count.count)}
        onChange={(event) => change({ count: Number(event.currentTarget.value) })}
      />
      <NativeSelect
        label={t("retention.by")}
        value={count.by ?? "pushed"}
        data={BY.map((value) => ({ value, label: t(`retention.byWhat.${value}`) }))}
        onChange={(event) => change({ by: event.currentTarget.value as (typeof BY)[number] })}
      />
      <NativeSelect
        label={t("retention.per")}
        value={count.per ?? "repository"}
        data={PER.map((value) => ({ value, label: t(`retention.perWhat.${value}`) }))}
        onChange={(event) => change({ per: event.currentTarget.value as (typeof PER)[number] })}
      />
    </Group>
  );
}

function ConditionField({ rule, condition, set }: FieldProps) {
  const { t } = useTranslation();
  const label = t(`retention.condition.${condition}`);
  const value = rule[condition];
  const put = (given: Rule[Condition]) => set({ ...rule, [condition]: given });
  switch (CONDITIONS[condition]) {
    case "texts":
      return (
        <TagsInput
          label={label}
          description={t("retention.textsHint")}
          value={Array.isArray(value) ? value : []}
          onChange={(texts) => put(texts as Rule["tags"])}
        />
      );
    case "text":
      return (
        <TextInput
          label={label}
          spellCheck={false}
          value={String(value ?? "")}
          onChange={(event) => put(event.currentTarget.value)}
        />
      );
    case "flag":
      return (
        <Switch
          label={label}
          checked={value === true}
          onChange={(event) => put(event.currentTarget.checked)}
        />
      );
    case "days":
      return (
        <TextInput
          label={label}
          type="number"
          min={0}
          step="any"
          w={240}
          value={String(value ?? "")}
          onChange={(event) => put(Number(event.currentTarget.value))}
        />
      );
    case "label": {
      const { name = "", value: wanted = "" } = rule.label ?? {};
      const change = (next: { name: string; value: string }) =>
        set({
          ...rule,
          label: next.value === "" ? { name: next.name } : { name: next.name, value: next.value },
        });
      return (
        <Group gap="xs" align="flex-end">
          <TextInput
            label={label}
            value={name}
            onChange={(event) => change({ name: event.currentTarget.value, value: wanted })}
          />
          <TextInput
            label={t("retention.labelValue")}
            value={wanted}
            onChange={(event) => change({ name, value: event.currentTarget.value })}
          />
        </Group>
      );
    }
    case "count":
      return <CountField rule={rule} condition={condition} set={set} />;
  }
}

interface Props {
  readonly place: number;
  readonly rule: Rule;
  readonly set: (rule: Rule) => void;
  readonly onRemove: () => void;
}

/** One rule: what it does, and the conditions that it has so far. */
export function RuleFields({ place, rule, set, onRemove }: Props) {
  const { t } = useTranslation();
  const given = conditionsOf(rule);
  const others = CONDITION_NAMES.filter((name) => !given.includes(name));
  return (
    <Fieldset legend={t("retention.rule", { place })}>
      <Stack gap="sm">
        <NativeSelect
          label={t("retention.action")}
          value={rule.action}
          data={[
            { value: "keep", label: t("retention.keep") },
            { value: "delete", label: t("retention.delete") },
          ]}
          onChange={(event) =>
            set({ ...rule, action: event.currentTarget.value as Rule["action"] })
          }
        />
        {given.map((condition) => (
          <Group key={condition} align="flex-end" justify="space-between" wrap="nowrap">
            <div className="entry-words">
              <ConditionField rule={rule} condition={condition} set={set} />
            </div>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${t("retention.remove")}: ${t(`retention.condition.${condition}`)}`}
              onClick={() => set(without(rule, condition))}
            >
              {t("retention.remove")}
            </Button>
          </Group>
        ))}
        <Group justify="space-between" align="flex-end">
          <NativeSelect
            label={t("retention.addCondition")}
            value=""
            data={[
              { value: "", label: "" },
              ...others.map((value) => ({ value, label: t(`retention.condition.${value}`) })),
            ]}
            onChange={(event) => {
              const condition = others.find((each) => each === event.currentTarget.value);
              if (condition !== undefined) set({ ...rule, [condition]: firstValue(condition) });
            }}
          />
          <Button size="compact-sm" variant="default" onClick={onRemove}>
            {t("retention.removeRule", { place })}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
