import { NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useListSearch } from "./list-search.ts";

interface TextProps {
  /** Its key in the address, and for the server. */
  readonly name: string;
  readonly label: string;
}

/** Narrows a list down by a text, when the reader pauses. */
export function TextFilter({ name, label }: TextProps) {
  const { search, change } = useListSearch();
  const [text, setText] = useState(search[name] ?? "");
  const later = useDebouncedCallback((value: string) => change({ [name]: value }), 300);
  return (
    <TextInput
      size="xs"
      label={label}
      maxLength={128}
      spellCheck={false}
      autoCapitalize="none"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

interface ChoiceProps extends TextProps {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** Narrows a list down by one of a few values. */
export function ChoiceFilter({ name, label, choices }: ChoiceProps) {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  return (
    <NativeSelect
      size="xs"
      w={160}
      label={label}
      data={[{ value: "", label: t("list.any") }, ...choices]}
      value={search[name] ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
}

/** A moment in the reader's zone, as its field writes it. */
export function TimeFilter({ name, label }: TextProps) {
  const { search, change } = useListSearch();
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      label={label}
      value={search[name] ?? ""}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
}
