import { Button, Group, Stack, Switch, TagsInput, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, Problem } from "../../api/client.ts";
import type { Project } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Conflict } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { KeptNote } from "../kept-note.tsx";
import { Done, Page } from "../page.tsx";
import { QuotaSection } from "../quota/quota-section.tsx";
import { useEdit } from "../save.ts";
import { StorageSection } from "../storage/storage-section.tsx";
import { DeleteProject } from "./delete-project.tsx";
import { type UntaggedAfter, UntaggedField, useUntaggedText } from "./untagged-field.tsx";

interface Fields {
  readonly isPublic: boolean;
  readonly description: string;
  readonly networks: readonly string[];
  readonly untaggedAfter: UntaggedAfter;
}

function fieldsOf({ public: isPublic, description, networks, untaggedAfter }: Project): Fields {
  return { isPublic, description: description ?? "", networks: networks ?? [], untaggedAfter };
}

interface FormProps {
  readonly project: Project;
  /** What is said below it; it stays when the form is made anew for what was saved. */
  readonly said: string;
  readonly onSaid: (words: string) => void;
}

function Form({ project, said, onSaid }: FormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMay(project.name)("project:update");
  const before = fieldsOf(project);
  const draft = useDraft(`project:${project.id}:${project.version}`, before);
  const { value, set } = draft;
  const edit = useEdit<Project, object>(`/projects/${encodeURIComponent(project.name)}`, (now) => {
    draft.reset();
    onSaid(t("app.saved"));
    client.setQueryData(["project", project.name], now);
  });
  const { theirs } = edit;
  function send(version: number): void {
    const { isPublic, description, networks, untaggedAfter } = value;
    const body = {
      public: isPublic,
      description: description.trim() || null,
      networks: networks.length === 0 ? null : networks,
      untaggedAfter,
    };
    onSaid("");
    edit.change.mutate({ body, version });
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    send(project.version);
  }
  const untagged = useUntaggedText();
  const visible = (is: boolean) => t(is ? "settings.public" : "settings.private");
  return (
    <form onSubmit={submit}>
      <Stack maw={640}>
        <Textarea
          label={t("edit.description")}
          autosize
          minRows={2}
          maxLength={1_024}
          readOnly={!may}
          value={value.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <Switch
          label={t("settings.public")}
          description={t("settings.publicHint")}
          disabled={!may}
          checked={value.isPublic}
          onChange={(event) => set({ isPublic: event.currentTarget.checked })}
        />
        <TagsInput
          label={t("settings.networks")}
          description={t("settings.networksHint")}
          disabled={!may}
          value={[...value.networks]}
          onChange={(networks) => set({ networks })}
        />
        <UntaggedField
          disabled={!may}
          value={value.untaggedAfter}
          onChange={(untaggedAfter) => set({ untaggedAfter })}
        />
        <ProblemAlert error={edit.error} />
        {edit.error instanceof Problem && edit.error.status === 0 && <KeptNote />}
        {may && (
          <Group>
            <Button type="submit" loading={edit.change.isPending}>
              {t("app.save")}
            </Button>
          </Group>
        )}
        <Done words={said} />
      </Stack>
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={[
            {
              label: t("edit.description"),
              before: before.description,
              theirs: theirs.description ?? "",
              mine: value.description,
            },
            {
              label: t("settings.visibility"),
              before: visible(before.isPublic),
              theirs: visible(theirs.public),
              mine: visible(value.isPublic),
            },
            {
              label: t("settings.networks"),
              before: before.networks.join(", "),
              theirs: (theirs.networks ?? []).join(", "),
              mine: value.networks.join(", "),
            },
            {
              label: t("settings.untagged"),
              before: untagged(before.untaggedAfter),
              theirs: untagged(theirs.untaggedAfter),
              mine: untagged(value.untaggedAfter),
            },
          ]}
          isPending={edit.change.isPending}
          onTheirs={() => {
            draft.reset();
            edit.settle();
            client.setQueryData(["project", project.name], theirs);
          }}
          onMine={() => send(theirs.version)}
          onClose={edit.settle}
        />
      )}
    </form>
  );
}

/** What a project is, who sees it, from where; and its end. */
export function ProjectSettings({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const may = useMay(project);
  const [said, setSaid] = useState("");
  const query = useQuery({
    queryKey: ["project", project],
    queryFn: () => call<Project>("GET", `/projects/${encodeURIComponent(project)}`),
  });
  return (
    <Page title={t("settings.title")}>
      <Loaded query={query}>
        {(loaded) => (
          <Stack gap="xl">
            <Form key={loaded.version} project={loaded} said={said} onSaid={setSaid} />
            <QuotaSection project={project} />
            <StorageSection project={project} />
            {may("project:delete") && <DeleteProject project={loaded} />}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
