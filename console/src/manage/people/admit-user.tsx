import { TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Provider } from "../../api/manage-types.ts";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate } from "../save.ts";

const FIELDS = ["subject", "name", "displayName", "email"] as const;

const LABELS = {
  subject: "providers.subject",
  name: "signIn.name",
  displayName: "profile.displayName",
  email: "profile.email",
} as const;

interface Props {
  readonly provider: Provider;
  readonly onClose: () => void;
}

/** Makes the account of somebody at a provider before their first login. */
export function AdmitUser({ provider, onClose }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const draft = useDraft(`admit:${provider.name}`, {
    subject: "",
    name: "",
    displayName: "",
    email: "",
  });
  const path = `/providers/${encodeURIComponent(provider.name)}/users`;
  const create = useCreate<object, { readonly id: string }>(path, ({ id }) => {
    draft.reset();
    void navigate({ to: "/admin/users/$user", params: { user: id } });
  });
  const given = Object.entries(draft.value).filter(([, text]) => text.trim() !== "");
  return (
    <FormDialog
      title={t("providers.admitTitle", { name: provider.label })}
      submit={t("providers.admit")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={() => create.change.mutate(Object.fromEntries(given))}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      {FIELDS.map((field) => (
        <TextInput
          key={field}
          label={t(LABELS[field])}
          description={field === "subject" ? t("providers.subjectHint") : undefined}
          required={field === "subject" || field === "name"}
          maxLength={255}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={draft.value[field]}
          onChange={(event) => draft.set({ [field]: event.currentTarget.value })}
        />
      ))}
      {create.dialog}
    </FormDialog>
  );
}
