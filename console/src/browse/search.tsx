import { Button, Group, SegmentedControl, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Hits } from "./hits.tsx";
import { LONGEST_SEARCH, SEARCH_KINDS, type SearchState } from "./search-state.ts";
import { hasSearchKey, keepSearchKey } from "./shortcut.ts";

interface Props {
  readonly state: SearchState;
  readonly onState: (state: SearchState) => void;
}

function Field({ state, onState }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(state.q ?? "");
  useEffect(() => setText(state.q ?? ""), [state.q]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onState({ ...state, q: text.trim() === "" ? undefined : text.trim() });
  };
  return (
    <Group component="form" gap="xs" align="flex-end" onSubmit={submit}>
      <TextInput
        className="search-field"
        label={t("search.label")}
        value={text}
        maxLength={LONGEST_SEARCH}
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => setText(event.currentTarget.value)}
        autoFocus={state.q === undefined}
      />
      <Button type="submit">{t("search.submit")}</Button>
    </Group>
  );
}

function SearchKey() {
  const { t } = useTranslation();
  const [isOn, setOn] = useState(hasSearchKey);
  return (
    <Switch
      size="sm"
      label={t("search.key")}
      checked={isOn}
      onChange={({ currentTarget: { checked } }) => {
        keepSearchKey(checked);
        setOn(checked);
      }}
    />
  );
}

/** One field over everything that the reader may see; what is asked is in the address. */
export function Search({ state, onState }: Props) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Field state={state} onState={onState} />
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("search.kinds")}
          value={state.kind ?? "all"}
          onChange={(value) =>
            onState({ ...state, kind: SEARCH_KINDS.find((each) => each === value) })
          }
          data={(["all", ...SEARCH_KINDS] as const).map((value) => ({
            value,
            label: t(`search.only.${value}`),
          }))}
        />
        <SearchKey />
      </Group>
      {state.q !== undefined && <Hits q={state.q} kind={state.kind} />}
    </Stack>
  );
}
