import { Container, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { fullName } from "../api/names.ts";
import { Compare } from "../browse/compare.tsx";
import { CompareForm } from "../browse/compare-form.tsx";
import { ProjectLink, RepositoryLink, Trail } from "../browse/links.tsx";

const here = getRouteApi("/open/projects/$project/repositories/$repository/compare");

/** Two tags or digests side by side; which ones is in the address. */
export function CompareRoute() {
  const { t } = useTranslation();
  const { project, repository } = here.useParams();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  const place = { project, repository };
  const { from, to, other } = state;
  useDocumentTitle(`${t("compare.title")} · ${fullName(place)} · ${t("app.name")}`);
  return (
    <Container size="xl">
      <Stack>
        <Trail>
          <ProjectLink name={project} />
          <RepositoryLink place={place}>{repository}</RepositoryLink>
          <Text span>{t("compare.title")}</Text>
        </Trail>
        <Title order={1}>{t("compare.title")}</Title>
        <CompareForm place={place} state={state} onState={(search) => void navigate({ search })} />
        {from !== undefined && to !== undefined && (
          <Compare place={place} state={{ from, to, other }} />
        )}
      </Stack>
    </Container>
  );
}
