import { Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Group } from "../../api/manage-types.ts";
import { Conflict } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";

interface Fields {
  readonly name: string;
  readonly description: string;
}

interface PartsProps {
  readonly value: Fields;
  readonly set: (change: Partial<Fields>) => void;
}

function Parts({ value, set }: PartsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("members.name")}
        required
        maxLength={128}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
        value={value.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t("edit.description")}
        maxLength={1_024}
        autosize
        value={value.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
    </>
  );
}

const bodyOf = ({ name, description }: Fields) => ({
  name: name.trim(),
  description: description.trim() || null,
});

interface NewProps {
  readonly onClose: () => void;
  readonly onDone: (group: Group) => void;
}

export function NewGroup({ onClose, onDone }: NewProps) {
  const { t } = useTranslation();
  const draft = useDraft<Fields>("group", { name: "", description: "" });
  const create = useCreate<object, Group>("/groups", (made) => {
    draft.reset();
    onDone(made);
  });
  return (
    <FormDialog
      title={t("groups.create")}
      submit={t("groups.create")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={() => create.change.mutate(bodyOf(draft.value))}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Parts value={draft.value} set={draft.set} />
      {create.dialog}
    </FormDialog>
  );
}

interface EditProps {
  readonly group: Group;
  readonly onClose: () => void;
  readonly onDone: (group: Group) => void;
}

export function EditGroup({ group, onClose, onDone }: EditProps) {
  const { t } = useTranslation();
  const before = { name: group.name, description: group.description ?? "" };
  const draft = useDraft<Fields>(`group:${group.id}:${group.version}`, before);
  const { value } = draft;
  const edit = useEdit<Group, object>(`/groups/${group.id}`, (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  const send = (version: number) => edit.change.mutate({ body: bodyOf(value), version });
  return (
    <FormDialog
      title={t("edit.title", { name: group.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(group.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Parts value={value} set={draft.set} />
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={[
            {
              label: t("members.name"),
              before: before.name,
              theirs: theirs.name,
              mine: value.name,
            },
            {
              label: t("edit.description"),
              before: before.description,
              theirs: theirs.description ?? "",
              mine: value.description,
            },
          ]}
          isPending={edit.change.isPending}
          onTheirs={() => {
            draft.reset();
            onDone(theirs);
          }}
          onMine={() => send(theirs.version)}
          onClose={edit.settle}
        />
      )}
    </FormDialog>
  );
}
