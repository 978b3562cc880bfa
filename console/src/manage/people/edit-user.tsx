import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/manage-types.ts";
import { Conflict } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useEdit } from "../save.ts";

const FIELDS = ["displayName", "email", "description"] as const;
type Fields = Readonly<Record<(typeof FIELDS)[number], string>>;

const textOf = (field: keyof Fields) =>
  field === "description" ? "edit.description" : (`profile.${field}` as const);

const fieldsOf = (user: User): Fields => ({
  displayName: user.displayName ?? "",
  email: user.email ?? "",
  description: user.description ?? "",
});

interface Props {
  readonly user: User;
  readonly onClose: () => void;
  readonly onDone: (user: User) => void;
}

export function EditUser({ user, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const before = fieldsOf(user);
  const draft = useDraft<Fields>(`user:${user.id}:${user.version}`, before);
  const edit = useEdit<User, object>(`/users/${user.id}`, (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  function send(version: number): void {
    const body = Object.fromEntries(
      FIELDS.map((field) => [field, draft.value[field].trim() || null]),
    );
    edit.change.mutate({ body, version });
  }
  return (
    <FormDialog
      title={t("edit.title", { name: user.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(user.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      {FIELDS.map((field) => (
        <TextInput
          key={field}
          label={t(textOf(field))}
          type={field === "email" ? "email" : "text"}
          maxLength={256}
          value={draft.value[field]}
          onChange={(event) => draft.set({ [field]: event.currentTarget.value })}
        />
      ))}
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={FIELDS.map((field) => ({
            label: t(textOf(field)),
            before: before[field],
            theirs: fieldsOf(theirs)[field],
            mine: draft.value[field],
          }))}
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
