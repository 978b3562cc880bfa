import { Anchor, Center, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function NotFound() {
  const { t } = useTranslation();
  useDocumentTitle(`${t("app.notFound")} · ${t("app.name")}`);
  return (
    <Center mih="60vh" component="main">
      <Stack align="center">
        <Title order={1}>404</Title>
        <Text>{t("app.notFound")}</Text>
        <Anchor component={Link} to="/">
          {t("app.backHome")}
        </Anchor>
      </Stack>
    </Center>
  );
}
