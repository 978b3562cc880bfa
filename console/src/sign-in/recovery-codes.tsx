import { Button, Code, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../ui/copy-button.tsx";

interface Props {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}

/** Shown once; the reader says that they have kept them. */
export function RecoveryCodes({ codes, onKept }: Props) {
  const { t } = useTranslation();
  const text = codes.join("\n");
  return (
    <Stack align="flex-start">
      <Title order={2} size="h3">
        {t("enrol.codesTitle")}
      </Title>
      <Text size="sm">{t("enrol.codesIntro")}</Text>
      <Code block w="100%" fz="md" data-testid="recovery-codes">
        {text}
      </Code>
      <CopyButton text={text} />
      <Button onClick={onKept}>{t("enrol.codesKept")}</Button>
    </Stack>
  );
}
