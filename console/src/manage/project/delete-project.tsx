import { Button, Card, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Freed } from "../../browse/freed.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Done, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";

interface QuestionProps {
  readonly project: Project;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

function Question({ project, isPending, error, onYes, onNo }: QuestionProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  return (
    <Dialog title={t("settings.deleteTitle", { name: project.name })} onClose={onNo}>
      <Stack>
        <Text>{t("settings.deleteIntro")}</Text>
        <Freed project={project.name} />
        <TextInput
          label={t("settings.deleteType", { name: project.name })}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onNo}>
            {t("app.cancel")}
          </Button>
          <Button color="red" disabled={typed !== project.name} loading={isPending} onClick={onYes}>
            {t("settings.delete")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Deletes a project, after its name was typed; it can be had back. */
export function DeleteProject({ project }: { readonly project: Project }) {
  const { t } = useTranslation();
  const mayRestore = useMay(null)("project:create");
  const refresh = useRefresh("project", "projects", "deleted-projects");
  const [isAsking, setAsking] = useState(false);
  const [isGone, setGone] = useState(false);
  const remove = useAct<Project>(() => {
    setAsking(false);
    setGone(true);
  });
  const restore = useAct(() => {
    setGone(false);
    refresh();
  });
  return (
    <Section title={t("settings.end")}>
      <Card withBorder>
        {isGone ? (
          <Stack align="flex-start">
            <Done words={t("settings.deleted", { name: project.name })} />
            {mayRestore && (
              <Button
                variant="default"
                loading={restore.change.isPending}
                onClick={() =>
                  restore.change.mutate({
                    method: "POST",
                    path: `/deleted-projects/${project.id}/restore`,
                  })
                }
              >
                {t("edit.undo")}
              </Button>
            )}
            <ProblemAlert error={restore.error} />
          </Stack>
        ) : (
          <Group justify="space-between">
            <Text className="entry-words">{t("settings.endIntro")}</Text>
            <Button color="red" variant="light" onClick={() => setAsking(true)}>
              {t("settings.delete")}
            </Button>
          </Group>
        )}
      </Card>
      {isAsking && (
        <Question
          project={project}
          isPending={remove.change.isPending}
          error={remove.error}
          onYes={() =>
            remove.change.mutate({
              method: "DELETE",
              path: `/projects/${encodeURIComponent(project.name)}`,
            })
          }
          onNo={() => setAsking(false)}
        />
      )}
      {remove.dialog}
      {restore.dialog}
    </Section>
  );
}
