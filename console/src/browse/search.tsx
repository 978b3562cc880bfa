import {
  Anchor,
  Button,
  Group,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { placeOf } from "../api/names.ts";
import { Empty } from "../ui/empty.tsx";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { ProjectLink, RepositoryLink } from "./links.tsx";
import { PublicBadge } from "./public-badge.tsx";
import { SEARCH_KINDS, type SearchKind, type SearchState } from "./search-state.ts";
import { hasSearchKey, keepSearchKey } from "./shortcut.ts";

const MOST = 50;

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
        maxLength={128}
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

function useHits(q: string, kind: SearchKind) {
  return useQuery({
    queryKey: ["search", q, kind],
    queryFn: async () => {
      const [projects, repositories] = await Promise.all([
        kind === "repository" ? null : ask("listProjects", { query: { name: q, limit: MOST } }),
        kind === "project"
          ? null
          : ask("listRepositories", { query: { name: q, limit: MOST, sort: "-updated" } }),
      ]);
      return {
        projects: projects?.items ?? [],
        repositories: repositories?.items ?? [],
        hasMore: (repositories?.next ?? null) !== null,
      };
    },
    placeholderData: keepPreviousData,
  });
}

function Hits({ q, kind }: { readonly q: string; readonly kind: SearchKind }) {
  const { t } = useTranslation();
  const query = useHits(q, kind);
  return (
    <Loaded query={query}>
      {({ projects, repositories, hasMore }) => {
        const count = projects.length + repositories.length;
        return (
          <Stack>
            <Text role="status" size="sm" c="dimmed">
              {t(hasMore ? "search.foundMore" : "search.found", { count })}
            </Text>
            {count === 0 && <Empty words={t("search.none")} />}
            <Entries label={t("search.results")}>
              {projects.map((each) => (
                <Entry key={`project ${each.id}`} name={<ProjectLink name={each.name} />}>
                  <Group gap="xs">
                    <Fact>{t("search.kind.project")}</Fact>
                    <PublicBadge isPublic={each.public} />
                  </Group>
                  {each.description !== null && <Text className="wraps">{each.description}</Text>}
                </Entry>
              ))}
              {repositories.map((each) => (
                <Entry
                  key={`repository ${each.id}`}
                  name={<RepositoryLink place={placeOf(each.name)} />}
                >
                  <Fact>
                    {`${t("search.kind.repository")} · ${t("browse.updated")}: `}
                    <Time at={each.updatedAt} />
                  </Fact>
                </Entry>
              ))}
            </Entries>
            {hasMore && (
              <Anchor
                renderRoot={(props) => <Link {...props} to="/repositories" search={{ name: q }} />}
              >
                {t("search.all")}
              </Anchor>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** Names of projects and repositories that the reader may see; what is asked is in the address. */
export function Search({ state, onState }: Props) {
  const { t } = useTranslation();
  const kind = state.kind ?? "all";
  return (
    <Stack>
      <Field state={state} onState={onState} />
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("search.kinds")}
          value={kind}
          onChange={(value) => {
            const found = SEARCH_KINDS.find((each) => each === value);
            onState({ ...state, kind: found === "all" ? undefined : found });
          }}
          data={SEARCH_KINDS.map((value) => ({ value, label: t(`search.only.${value}`) }))}
        />
        <SearchKey />
      </Group>
      {state.q !== undefined && <Hits q={state.q} kind={kind} />}
    </Stack>
  );
}
