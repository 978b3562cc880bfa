import { Autocomplete, Button, Group, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import type { CompareState } from "./compare-state.ts";

const OFFERED = 20;

interface ReferenceProps {
  readonly place: Place;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** A tag or a digest; the tags that fit are offered. */
function Reference({ place, label, value, onValue }: ReferenceProps) {
  const [name] = useDebouncedValue(value.trim(), 200);
  const { data } = useQuery({
    queryKey: ["tags", fullName(place), "offered", name],
    queryFn: () =>
      ask("listTags", {
        params: { ...place },
        query: { limit: OFFERED, sort: "-updated", ...(name === "" ? {} : { name }) },
      }),
    enabled: !name.includes(":"),
  });
  return (
    <Autocomplete
      label={label}
      required
      withAsterisk={false}
      maxLength={200}
      spellCheck={false}
      autoCapitalize="none"
      openOnFocus={false}
      data={data?.items.map((tag) => tag.name) ?? []}
      value={value}
      onChange={onValue}
    />
  );
}

interface Props {
  readonly place: Place;
  readonly state: CompareState;
  readonly onState: (state: CompareState) => void;
}

/** Asks which two are to be laid side by side. */
export function CompareForm({ place, state, onState }: Props) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(state.from ?? "");
  const [to, setTo] = useState(state.to ?? "");
  const [other, setOther] = useState(state.other ?? "");
  useEffect(() => {
    setFrom(state.from ?? "");
    setTo(state.to ?? "");
    setOther(state.other ?? "");
  }, [state.from, state.to, state.other]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const elsewhere = other.trim();
    onState({
      from: from.trim(),
      to: to.trim(),
      other: elsewhere === "" || elsewhere === fullName(place) ? undefined : elsewhere,
    });
  };
  return (
    <Group component="form" align="flex-end" gap="sm" onSubmit={submit}>
      <Reference place={place} label={t("compare.from")} value={from} onValue={setFrom} />
      <Reference place={place} label={t("compare.to")} value={to} onValue={setTo} />
      <TextInput
        label={t("compare.other")}
        placeholder={fullName(place)}
        maxLength={255}
        spellCheck={false}
        autoCapitalize="none"
        value={other}
        onChange={(event) => setOther(event.currentTarget.value)}
      />
      <Button type="submit">{t("compare.submit")}</Button>
    </Group>
  );
}
