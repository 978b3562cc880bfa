import { Alert, Anchor, Code, Container, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/session.ts";
import { RepositoryTable } from "../browse/repositories.tsx";
import { CopyButton } from "../ui/copy-button.tsx";

const here = getRouteApi("/inside/");

/** The commands for this very address. */
function commands(name: string): string {
  const { host } = location;
  return [
    `docker login -u ${name} ${host}`,
    `docker tag alpine:latest ${host}/demo/alpine:latest`,
    `docker push ${host}/demo/alpine:latest`,
  ].join("\n");
}

export function Home() {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  const state = here.useSearch();
  const navigate = here.useNavigate();
  useDocumentTitle(t("app.name"));
  if (session === null || session === undefined) return null;
  const { user } = session;
  const text = commands(user.name);
  return (
    <Container size="md">
      <Stack>
        <Title order={1}>{t("home.title", { name: user.displayName ?? user.name })}</Title>
        {user.administrator && <Text c="dimmed">{t("home.administrator")}</Text>}
        <Text>{t("home.intro")}</Text>
        <Code block tabIndex={0}>
          {text}
        </Code>
        <CopyButton text={text} />
        <Title order={2} size="h3">
          {t("browse.repositories")}
        </Title>
        <RepositoryTable state={state} onState={(search) => void navigate({ search })} />
        <Alert variant="light">
          {t(session.secondFactor ? "home.factorHint" : "home.tokenHint")}{" "}
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => <Link {...props} to="/profile" search={{ tab: "tokens" }} />}
          >
            {t("profile.tokens")}
          </Anchor>
        </Alert>
      </Stack>
    </Container>
  );
}
