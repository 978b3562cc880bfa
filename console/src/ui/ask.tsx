import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "./dialog.tsx";

interface Props {
  readonly title: string;
  readonly words: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Asks before what cannot be taken back. */
export function Ask({ title, words, yes, onYes, onNo }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog onClose={onNo} title={title}>
      <Stack>
        <Text>{words}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onNo} data-autofocus>
            {t("app.cancel")}
          </Button>
          <Button color="red" onClick={onYes}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
