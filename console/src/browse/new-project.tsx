import { Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { useDraft } from "../manage/draft.ts";
import { FormDialog } from "../manage/form-dialog.tsx";

/** Asks for what a new project needs, makes it, and leads there. */
export function NewProject({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft("project", { name: "", description: "", isPublic: false });
  const { name, description, isPublic } = draft.value;
  const make = useMutation({
    mutationFn: () =>
      ask("createProject", {
        body: {
          name: name.trim(),
          public: isPublic,
          description: description.trim() === "" ? null : description.trim(),
        },
      }),
    onSuccess: async ({ name: project }) => {
      draft.reset();
      await client.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/projects/$project/repositories", params: { project } });
    },
  });
  return (
    <FormDialog
      title={t("projects.create")}
      submit={t("projects.create")}
      isPending={make.isPending}
      error={make.error}
      onSubmit={() => make.mutate()}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <TextInput
        label={t("projects.name")}
        description={t("projects.nameHint")}
        required
        data-autofocus
        maxLength={128}
        spellCheck={false}
        autoCapitalize="none"
        value={name}
        onChange={(event) => draft.set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t("projects.description")}
        maxLength={1_000}
        autosize
        minRows={2}
        value={description}
        onChange={(event) => draft.set({ description: event.currentTarget.value })}
      />
      <Switch
        label={t("projects.isPublic")}
        checked={isPublic}
        onChange={(event) => draft.set({ isPublic: event.currentTarget.checked })}
      />
    </FormDialog>
  );
}
