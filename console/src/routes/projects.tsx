import { Button, Container, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { useMay } from "../api/rights.ts";
import { sessionQuery } from "../api/session.ts";
import { ProjectLink } from "../browse/links.tsx";
import { NameFilter } from "../browse/name-filter.tsx";
import { NewProject } from "../browse/new-project.tsx";
import { PublicBadge } from "../browse/public-badge.tsx";
import { projectsQuery } from "../browse/queries.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";

type Project = Schemas["Project"];

const here = getRouteApi("/open/projects");

function Create() {
  const { t } = useTranslation();
  const may = useMay(null);
  const [isOpen, setOpen] = useState(false);
  if (!may("project:create")) return null;
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {t("projects.create")}
      </Button>
      {isOpen && <NewProject onClose={() => setOpen(false)} />}
    </>
  );
}

/** Every project that the reader may see: for visitors, the public ones. */
export function ProjectsRoute() {
  const { t } = useTranslation();
  const state = here.useSearch();
  const navigate = here.useNavigate();
  const { data: session } = useQuery(sessionQuery);
  useDocumentTitle(`${t("projects.title")} · ${t("app.name")}`);
  const { name, cursor } = state;
  const query = useQuery(projectsQuery(state));
  const columns: readonly Column<Project>[] = [
    {
      id: "name",
      title: t("projects.project"),
      isFixed: true,
      cell: (each) => <ProjectLink name={each.name} />,
    },
    {
      id: "public",
      title: t("projects.whoSees"),
      cell: (each) => <PublicBadge isPublic={each.public} />,
    },
    {
      id: "description",
      title: t("projects.description"),
      cell: (each) => (
        <Text size="sm" lineClamp={2} className="wraps">
          {each.description}
        </Text>
      ),
    },
    { id: "created", title: t("projects.created"), cell: (each) => <Time at={each.createdAt} /> },
  ];
  return (
    <Container size="xl">
      <Stack>
        <Group justify="space-between">
          <Title order={1}>{t("projects.title")}</Title>
          {session?.state === "active" && <Create />}
        </Group>
        <Loaded query={query}>
          {({ items, next }) =>
            items.length === 0 && name === undefined && cursor === undefined ? (
              <Empty words={t("projects.none")} />
            ) : (
              <>
                <DataTable
                  label={t("projects.title")}
                  columns={columns}
                  items={items}
                  keyOf={(each) => each.id}
                  state={state}
                  onState={(changed) => void navigate({ search: { ...state, ...changed } })}
                  next={next}
                  tools={
                    <NameFilter
                      label={t("projects.filter")}
                      value={name}
                      onValue={(value) =>
                        void navigate({ search: { ...state, name: value, cursor: undefined } })
                      }
                    />
                  }
                />
                {items.length === 0 && <Text c="dimmed">{t("browse.nothingFits")}</Text>}
              </>
            )
          }
        </Loaded>
      </Stack>
    </Container>
  );
}
