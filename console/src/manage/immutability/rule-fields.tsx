import { TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ImmutabilityRule } from "../../api/manage-types.ts";

/** A rule as it is typed. */
export interface RuleFields {
  readonly name: string;
  readonly repositories: string;
  readonly tags: string;
  readonly exceptTags: readonly string[];
}

export const TEXTS = ["name", "repositories", "tags"] as const;

export function fieldsOf({ name, repositories, tags, exceptTags }: ImmutabilityRule): RuleFields {
  return { name, repositories, tags, exceptTags };
}

export function bodyOf({ name, repositories, tags, exceptTags }: RuleFields) {
  return {
    name: name.trim(),
    repositories: repositories.trim(),
    tags: tags.trim(),
    exceptTags: [...exceptTags],
  };
}

interface Props {
  readonly project: string;
  readonly value: RuleFields;
  readonly set: (change: Partial<RuleFields>) => void;
}

export function RuleInputs({ project, value, set }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {TEXTS.map((field) => (
        <TextInput
          key={field}
          label={t(`immutability.${field}`)}
          description={t(`immutability.${field}Hint`, { project })}
          required
          maxLength={field === "name" ? 64 : 256}
          spellCheck={false}
          autoCapitalize="none"
          value={value[field]}
          onChange={(event) => set({ [field]: event.currentTarget.value })}
        />
      ))}
      <TagsInput
        label={t("immutability.exceptTags")}
        description={t("immutability.exceptTagsHint")}
        maxTags={20}
        value={[...value.exceptTags]}
        onChange={(exceptTags) => set({ exceptTags })}
      />
    </>
  );
}
