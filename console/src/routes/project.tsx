import { Container, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PublicBadge } from "../browse/public-badge.tsx";
import { projectQuery } from "../browse/queries.ts";
import { RepositoryTable } from "../browse/repositories.tsx";
import { ProjectNavigation } from "../manage/project-navigation.tsx";
import { UsageBar } from "../manage/quota/usage-bar.tsx";
import { Loaded } from "../ui/loaded.tsx";

const here = getRouteApi("/open/projects/$project/repositories");

/** A project and what is in it. */
export function ProjectRoute() {
  const { t } = useTranslation();
  const { project } = here.useParams();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  useDocumentTitle(`${project} · ${t("app.name")}`);
  const query = useQuery(projectQuery(project));
  return (
    <Container size="xl">
      <Stack>
        <Group>
          <Title order={1}>{project}</Title>
          {query.data !== undefined && <PublicBadge isPublic={query.data.public} />}
        </Group>
        <ProjectNavigation project={project} />
        <Loaded query={query}>
          {({ description }) => (
            <>
              <UsageBar project={project} />
              {description !== null && <Text className="wraps">{description}</Text>}
              <RepositoryTable
                project={project}
                state={state}
                onState={(search) => void navigate({ search })}
              />
            </>
          )}
        </Loaded>
      </Stack>
    </Container>
  );
}
