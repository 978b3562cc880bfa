import { Anchor, Breadcrumbs, Container, Stack } from "@mantine/core";
import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProjectNavigation } from "./project-navigation.tsx";

/** What stands above every page of project people. */
export function ProjectFrame({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  return (
    <Container size="xl">
      <Stack>
        <Breadcrumbs aria-label={t("browse.trail")} className="trail">
          <Anchor renderRoot={(props) => <Link {...props} to="/repositories" />}>
            {t("browse.repositories")}
          </Anchor>
          <Anchor
            renderRoot={(props) => (
              <Link {...props} to="/projects/$project/repositories" params={{ project }} />
            )}
          >
            {project}
          </Anchor>
        </Breadcrumbs>
        <ProjectNavigation project={project} />
        <Outlet />
      </Stack>
    </Container>
  );
}
