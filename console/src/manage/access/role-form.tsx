import { Switch, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Role } from "../../api/manage-types.ts";
import { Conflict } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { PermissionPicker } from "./permission-picker.tsx";

interface Fields {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly secondFactor: boolean;
}

const BLANK: Fields = { name: "", description: "", permissions: [], secondFactor: false };

function fieldsOf({ name, description, permissions, secondFactor }: Role): Fields {
  return { name, description: description?.en ?? "", permissions, secondFactor };
}

interface PartsProps {
  readonly scope: Scope;
  readonly value: Fields;
  readonly set: (change: Partial<Fields>) => void;
  readonly isNew: boolean;
}

function Parts({ scope, value, set, isNew }: PartsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("roles.name")}
        description={t("roles.nameHint")}
        required
        maxLength={64}
        readOnly={!isNew}
        data-autofocus={isNew || undefined}
        value={value.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t("edit.description")}
        autosize
        minRows={2}
        maxLength={1_024}
        value={value.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <Switch
        label={t("roles.secondFactor")}
        description={t("roles.secondFactorHint")}
        checked={value.secondFactor}
        onChange={(event) => set({ secondFactor: event.currentTarget.checked })}
      />
      <PermissionPicker
        isOfProject={scope !== null}
        chosen={value.permissions}
        onChange={(permissions) => set({ permissions })}
      />
    </>
  );
}

const bodyOf = ({ description, permissions, secondFactor }: Fields) => ({
  description: description.trim() || null,
  permissions: [...permissions].sort(),
  secondFactor,
});

interface NewProps {
  readonly scope: Scope;
  /** A role to begin with, if any. */
  readonly like?: Role | undefined;
  readonly onClose: () => void;
  readonly onDone: (role: Role) => void;
}

/** Makes a role of one's own; a built-in one may stand model. */
export function NewRole({ scope, like, onClose, onDone }: NewProps) {
  const { t } = useTranslation();
  const initial = like === undefined ? BLANK : { ...fieldsOf(like), name: "", description: "" };
  const draft = useDraft(`role:${scope}:${like?.id ?? ""}`, initial);
  const create = useCreate<object, Role>(under(scope, "/roles"), (made) => {
    draft.reset();
    onDone(made);
  });
  return (
    <FormDialog
      isWide
      title={t("roles.create")}
      submit={t("roles.create")}
      isPending={create.change.isPending}
      error={create.error}
      canSubmit={draft.value.permissions.length > 0}
      onSubmit={() => create.change.mutate({ name: draft.value.name, ...bodyOf(draft.value) })}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Parts scope={scope} value={draft.value} set={draft.set} isNew />
      {create.dialog}
    </FormDialog>
  );
}

interface EditProps {
  readonly scope: Scope;
  readonly role: Role;
  readonly onClose: () => void;
  readonly onDone: (role: Role) => void;
}

export function EditRole({ scope, role, onClose, onDone }: EditProps) {
  const { t } = useTranslation();
  const draft = useDraft(`role:${role.id}:${role.version}`, fieldsOf(role));
  const path = under(scope, `/roles/${role.id}`);
  const edit = useEdit<Role, object>(path, (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  const send = (version: number) => edit.change.mutate({ body: bodyOf(draft.value), version });
  const list = (permissions: readonly string[]) => [...permissions].sort().join(", ");
  const yesNo = (is: boolean) => t(is ? "edit.yes" : "edit.no");
  return (
    <FormDialog
      isWide
      title={t("roles.edit", { name: role.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      canSubmit={draft.value.permissions.length > 0}
      onSubmit={() => send(role.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Parts scope={scope} value={draft.value} set={draft.set} isNew={false} />
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={[
            {
              label: t("edit.description"),
              before: role.description?.en ?? "",
              theirs: theirs.description?.en ?? "",
              mine: draft.value.description,
            },
            {
              label: t("roles.permissions"),
              before: list(role.permissions),
              theirs: list(theirs.permissions),
              mine: list(draft.value.permissions),
            },
            {
              label: t("roles.secondFactor"),
              before: yesNo(role.secondFactor),
              theirs: yesNo(theirs.secondFactor),
              mine: yesNo(draft.value.secondFactor),
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
