import { Code, Container, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { setUps, troubles } from "../browse/set-up.ts";
import { CopyButton } from "../ui/copy-button.tsx";

/** What clients need to be told to use the registry at this very address. */
export function ClientsRoute() {
  const { t } = useTranslation();
  useDocumentTitle(`${t("clients.title")} · ${t("app.name")}`);
  return (
    <Container size="md">
      <Stack>
        <Title order={1}>{t("clients.title")}</Title>
        <Text>{t("clients.intro", { host: location.host })}</Text>
        {setUps(location.host, location.protocol === "http:").map(({ id, file, text }) => (
          <Stack key={id} gap="xs" component="section" aria-label={t(`clients.name.${id}`)}>
            <Title order={2} size="h4">
              {t(`clients.name.${id}`)}
            </Title>
            {file !== undefined && (
              <Text size="sm" c="dimmed" className="wraps">
                {file}
              </Text>
            )}
            <Code block tabIndex={0}>
              {text}
            </Code>
            <CopyButton text={text} />
          </Stack>
        ))}
        <Title order={2}>{t("clients.troubles")}</Title>
        {troubles.map((each) => (
          <div key={each}>
            <Title order={3} size="h5">
              {t(`clients.trouble.${each}.says`)}
            </Title>
            <Text>{t(`clients.trouble.${each}.help`)}</Text>
          </div>
        ))}
      </Stack>
    </Container>
  );
}
