import { Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { FormDialog } from "../manage/form-dialog.tsx";

/** Asks for what a new project needs, makes it, and leads there. */
export function NewProject({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [isPublic, setPublic] = useState(false);
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
      onClose={onClose}
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
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t("projects.description")}
        maxLength={1_000}
        autosize
        minRows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Switch
        label={t("projects.isPublic")}
        checked={isPublic}
        onChange={(event) => setPublic(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
