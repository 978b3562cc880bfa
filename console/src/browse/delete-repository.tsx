import { Button, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fullName, type Place } from "../api/names.ts";
import { useMayIn } from "../api/rights.ts";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useAct, useRefresh } from "../manage/save.ts";
import { Freed } from "./freed.tsx";

/** Moves a repository to the trash, after its name was typed. */
export function DeleteRepository({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const name = fullName(place);
  const may = useMayIn(name);
  const navigate = useNavigate();
  const refresh = useRefresh("repositories", "deleted-repositories", "recent", "stars");
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const { project, repository } = place;
  const remove = useAct(() => {
    refresh();
    void navigate({ to: "/projects/$project/repositories", params: { project } });
  });
  if (!may("repository:delete")) return null;
  const close = () => {
    setAsking(false);
    setTyped("");
  };
  return (
    <>
      <Button size="xs" variant="subtle" color="red" onClick={() => setAsking(true)}>
        {t("trash.remove")}
      </Button>
      {isAsking && (
        <FormDialog
          title={t("trash.removeTitle", { name })}
          submit={t("trash.remove")}
          isDangerous
          canSubmit={typed === name}
          isPending={remove.change.isPending}
          error={remove.error}
          onSubmit={() =>
            remove.change.mutate({
              method: "DELETE",
              path: `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(repository)}`,
            })
          }
          onClose={close}
        >
          <Text>{t("trash.removeWords")}</Text>
          <Freed {...place} />
          <TextInput
            label={t("trash.removeType", { name })}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </FormDialog>
      )}
      {remove.dialog}
    </>
  );
}
