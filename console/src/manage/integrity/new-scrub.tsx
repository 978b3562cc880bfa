import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate } from "../save.ts";

interface Props {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks what is to be checked. */
export function NewScrub({ onClose, onDone }: Props) {
  const { t } = useTranslation();
  const [repository, setRepository] = useState("");
  const { change, error, dialog } = useCreate<{ readonly repository?: string }, unknown>(
    "/integrity/scrubs",
    onDone,
  );
  return (
    <>
      <FormDialog
        title={t("integrity.startTitle")}
        submit={t("integrity.start")}
        isPending={change.isPending}
        error={error}
        onSubmit={() => change.mutate(repository === "" ? {} : { repository })}
        onClose={onClose}
      >
        <Text>{t("integrity.startWords")}</Text>
        <TextInput
          label={t("integrity.repository")}
          description={t("integrity.repositoryHint")}
          maxLength={255}
          spellCheck={false}
          autoCapitalize="none"
          value={repository}
          onChange={(event) => setRepository(event.currentTarget.value.trim())}
        />
      </FormDialog>
      {dialog}
    </>
  );
}
