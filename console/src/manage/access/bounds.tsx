import { Collapse, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { fromLocal } from "../local-time.ts";

/** Within what a binding counts; as typed, empty for no bound. */
export interface Bounds {
  readonly repositories: string;
  readonly tags: string;
  readonly condition: string;
  /** Of the field for a local time. */
  readonly expires: string;
}

export const UNBOUND: Bounds = { repositories: "", tags: "", condition: "", expires: "" };

export const isBound = (bounds: Bounds) => Object.values(bounds).some((text) => text !== "");

export function boundsBody({ repositories, tags, condition, expires }: Bounds) {
  return {
    repositories: repositories.trim() || null,
    tags: tags.trim() || null,
    condition: condition.trim() || null,
    expiresAt: fromLocal(expires),
  };
}

interface Props {
  readonly value: Bounds;
  readonly set: (change: Partial<Bounds>) => void;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
}

/** Only some repositories or tags, for a time, on a condition. */
export function BoundsFields({ value, set, isOpen, onOpen }: Props) {
  const { t } = useTranslation();
  const typed = (field: keyof Bounds) => ({
    value: value[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      set({ [field]: event.currentTarget.value }),
  });
  return (
    <>
      <Switch
        label={t("members.bounded")}
        description={t("members.boundedHint")}
        checked={isOpen}
        onChange={(event) => onOpen(event.currentTarget.checked)}
      />
      <Collapse expanded={isOpen}>
        <Stack>
          <TextInput
            label={t("members.repositories")}
            description={t("members.repositoriesHint")}
            maxLength={256}
            spellCheck={false}
            {...typed("repositories")}
          />
          <TextInput
            label={t("members.tags")}
            description={t("members.tagsHint")}
            maxLength={256}
            spellCheck={false}
            {...typed("tags")}
          />
          <TextInput
            type="datetime-local"
            label={t("members.expires")}
            description={t("members.expiresHint")}
            {...typed("expires")}
          />
          <ConditionField {...typed("condition")} />
        </Stack>
      </Collapse>
    </>
  );
}

interface ConditionProps {
  readonly value: string;
  readonly onChange: (event: { currentTarget: HTMLTextAreaElement }) => void;
}

/** An expression that must be true; the server checks it when it is saved. */
export function ConditionField({ value, onChange }: ConditionProps) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t("members.condition")}
      description={t("members.conditionHint")}
      placeholder={'inNetwork(request.address, "10.0.0.0/8")'}
      autosize
      minRows={2}
      maxLength={2_000}
      spellCheck={false}
      className="code-field"
      value={value}
      onChange={onChange}
    />
  );
}
