import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  /** What is looked for, where it is not a part of a name. */
  readonly label?: string;
  readonly value: string | undefined;
  readonly onValue: (value: string | undefined) => void;
}

/** A field for a part of a name; the server looks for it. */
export function NameFilter({ label, value, onValue }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onValue(text.trim() === "" ? undefined : text.trim());
  };
  return (
    <Group component="form" gap="xs" align="flex-end" onSubmit={submit}>
      <TextInput
        size="xs"
        label={label ?? t("browse.filter.label")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={128}
      />
      <Button type="submit" size="xs" variant="light">
        {t("browse.filter.apply")}
      </Button>
    </Group>
  );
}
