import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { User } from "../../api/manage-types.ts";
import { PasswordField } from "../../ui/password-field.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate } from "../save.ts";

export type MadeUser = User & { readonly password: string | null };

interface Props {
  readonly onClose: () => void;
  /** `hasOwn`: the password was chosen here, and need not be told. */
  readonly onDone: (user: MadeUser, hasOwn: boolean) => void;
}

/** Makes an account that is kept here; its first password is made up unless one is given. */
export function NewUser({ onClose, onDone }: Props) {
  const { t } = useTranslation();
  const draft = useDraft("user", { name: "", displayName: "", email: "", description: "" });
  // Never kept anywhere.
  const [password, setPassword] = useState("");
  const { name, displayName, email, description } = draft.value;
  const create = useCreate<object, MadeUser>("/users", (made) => {
    draft.reset();
    onDone(made, password !== "");
  });
  const typed = (field: keyof typeof draft.value) => ({
    value: draft.value[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      draft.set({ [field]: event.currentTarget.value }),
  });
  function submit(): void {
    create.change.mutate({
      name: name.trim(),
      displayName: displayName.trim() || null,
      email: email.trim() || null,
      description: description.trim() || null,
      ...(password === "" ? {} : { password }),
    });
  }
  return (
    <FormDialog
      title={t("people.createUser")}
      submit={t("people.createUser")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <TextInput
        label={t("signIn.name")}
        required
        maxLength={64}
        data-autofocus
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        {...typed("name")}
      />
      <TextInput label={t("profile.displayName")} maxLength={256} {...typed("displayName")} />
      <TextInput label={t("profile.email")} type="email" maxLength={256} {...typed("email")} />
      <TextInput label={t("edit.description")} maxLength={256} {...typed("description")} />
      <PasswordField
        label={t("people.firstPassword")}
        description={t("people.firstPasswordHint")}
        required={false}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {create.dialog}
    </FormDialog>
  );
}
