import { Button, Group, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { KeptNote } from "./kept-note.tsx";

interface Props {
  readonly title: string;
  readonly submit: string;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly canSubmit?: boolean;
  readonly isWide?: boolean;
  /** For what cannot be taken back. */
  readonly isDangerous?: boolean;
  readonly children: ReactNode;
}

/** A form over the page. A slip of the mouse does not close it, a failure does not empty it. */
export function FormDialog(props: Props) {
  const { t } = useTranslation();
  const { error, isPending } = props;
  function submit(event: FormEvent): void {
    event.preventDefault();
    // Forms of dialogs are children of the page's components, not of its forms.
    event.stopPropagation();
    props.onSubmit();
  }
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      closesOutside={false}
      isWide={props.isWide === true}
    >
      <form onSubmit={submit}>
        <Stack>
          {props.children}
          <ProblemAlert error={error} />
          {error instanceof Problem && error.status === 0 && <KeptNote />}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {t("app.cancel")}
            </Button>
            <Button
              type="submit"
              {...(props.isDangerous === true ? { color: "red" } : {})}
              loading={isPending}
              disabled={props.canSubmit === false}
            >
              {props.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
