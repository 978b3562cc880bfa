import { Container, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { RepositoryTable } from "../browse/repositories.tsx";

const here = getRouteApi("/open/repositories");

/** Every repository that the reader may see: for visitors, the public ones. */
export function RepositoriesRoute() {
  const { t } = useTranslation();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  useDocumentTitle(`${t("browse.repositories")} · ${t("app.name")}`);
  return (
    <Container size="xl">
      <Stack>
        <Title order={1}>{t("browse.repositories")}</Title>
        <RepositoryTable state={state} onState={(search) => void navigate({ search })} />
      </Stack>
    </Container>
  );
}
