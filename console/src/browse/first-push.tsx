import { Alert, Anchor, Card, Code, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../ui/copy-button.tsx";

interface Props {
  /** What the reader signs in as. */
  readonly name: string;
  /** Where the reader may push; undefined where there is no such project. */
  readonly project: string | undefined;
}

/** The three commands from nothing to the first image, for this very address. */
export function FirstPush({ name, project }: Props) {
  const { t } = useTranslation();
  const { host, hostname, protocol } = location;
  const isLocal = /^(?:127\.[\d.]+|(?:.*\.)?localhost|\[::1\])$/.test(hostname);
  if (project === undefined) {
    return (
      <Alert variant="light" title={t("first.title")}>
        {t("first.noProject")}
      </Alert>
    );
  }
  const image = `${host}/${project}/alpine:latest`;
  const steps = [
    { id: "login", command: `docker login -u ${name} ${host}` },
    { id: "tag", command: `docker tag alpine:latest ${image}` },
    { id: "push", command: `docker push ${image}` },
  ] as const;
  return (
    <Card withBorder component="section" aria-labelledby="first-push">
      <Stack>
        <Title order={2} size="h3" id="first-push">
          {t("first.title")}
        </Title>
        <Text>{t("first.intro")}</Text>
        <Stack component="ol" gap="md" m={0} p={0} className="plain-list">
          {steps.map(({ id, command }, at) => (
            <Stack component="li" key={id} gap={4}>
              <Text fw={600} size="sm">
                {`${at + 1}. ${t(`first.${id}`)}`}
              </Text>
              <Group gap="xs" align="flex-start">
                <Code block tabIndex={0} className="command">
                  {command}
                </Code>
                <CopyButton text={command} />
              </Group>
            </Stack>
          ))}
        </Stack>
        {protocol === "http:" && !isLocal && (
          <Text size="sm">
            {t("first.plain")}{" "}
            <Anchor
              inherit
              underline="always"
              renderRoot={(props) => <Link {...props} to="/clients" />}
            >
              {t("clients.title")}
            </Anchor>
          </Text>
        )}
        <Group gap="sm" role="status" wrap="nowrap">
          <Loader size="sm" aria-hidden="true" />
          <Text size="sm">{t("first.waiting")}</Text>
        </Group>
      </Stack>
    </Card>
  );
}
