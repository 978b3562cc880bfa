import { Button, Code, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../ui/copy-button.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface Props {
  readonly title: string;
  readonly intro: string;
  /** Null where an earlier answer had it, which was lost on the way. */
  readonly secret: string | null;
  /** A command to use it with. */
  readonly command?: string | undefined;
  readonly onClose: () => void;
}

/** A secret that nobody can read again: shown until the reader has put it away. */
export function ToldOnce({ title, intro, secret, command, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} onClose={onClose} closesOutside={false}>
      <Stack>
        {secret === null ? (
          <Text role="alert">{t("edit.secretLost")}</Text>
        ) : (
          <>
            <Text>{intro}</Text>
            <Code block className="wraps" data-testid="secret">
              {secret}
            </Code>
            <CopyButton text={secret} />
          </>
        )}
        {command !== undefined && secret !== null && (
          <>
            <Text size="sm">{t("tokens.login")}</Text>
            <Code block tabIndex={0}>
              {command}
            </Code>
          </>
        )}
        <Button variant="default" onClick={onClose}>
          {t("edit.putAway")}
        </Button>
      </Stack>
    </Dialog>
  );
}
