import { Alert, Anchor, Container, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/session.ts";
import { Overview } from "../browse/overview.tsx";
import { RepositoryTable } from "../browse/repositories.tsx";
import { SignInLink } from "../ui/sign-in-link.tsx";

const here = getRouteApi("/open/");

/** What everybody may see, for whoever has not signed in. */
function Catalogue() {
  const { t } = useTranslation();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  return (
    <Container size="xl">
      <Stack>
        <Title order={1}>{t("catalogue.title")}</Title>
        <Text>{t("catalogue.intro", { host: location.host })}</Text>
        <Group>
          <SignInLink />
        </Group>
        <RepositoryTable state={state} onState={(search) => void navigate({ search })} />
      </Stack>
    </Container>
  );
}

export function Home() {
  const { t } = useTranslation();
  const { data: session } = useQuery(sessionQuery);
  useDocumentTitle(t("app.name"));
  if (session === undefined) return null;
  if (session === null) return <Catalogue />;
  const { user } = session;
  return (
    <Container size="xl">
      <Stack>
        <Title order={1}>{t("home.title", { name: user.displayName ?? user.name })}</Title>
        <Overview name={user.name} />
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
