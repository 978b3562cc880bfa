import { Container, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { History } from "../browse/history.tsx";
import { ProjectLink, Trail } from "../browse/links.tsx";
import { TagTable } from "../browse/tags.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";

const tags = getRouteApi("/open/projects/$project/repositories/$repository/tags");
const history = getRouteApi("/open/projects/$project/repositories/$repository/history");

function Pulls({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const number = useNumber();
  const { data } = useQuery({
    queryKey: ["repository-statistics", fullName(place)],
    queryFn: () => ask("getRepositoryStatistics", { params: { ...place } }),
  });
  if (data === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("browse.pulls", { count: data.ever.pulls, number: number(data.ever.pulls) })}
    </Text>
  );
}

function Head({ place, tab }: { readonly place: Place; readonly tab: "tags" | "history" }) {
  const { t } = useTranslation();
  const navigate = (tab === "tags" ? tags : history).useNavigate();
  useDocumentTitle(`${fullName(place)} · ${t("app.name")}`);
  const query = useQuery({
    queryKey: ["repository", fullName(place)],
    queryFn: () => ask("getRepository", { params: { ...place } }),
  });
  return (
    <>
      <Trail>
        <ProjectLink name={place.project} />
        <Text span>{place.repository}</Text>
      </Trail>
      <Title order={1} className="wraps">
        {fullName(place)}
      </Title>
      <Loaded query={query}>
        {({ updatedAt }) => (
          <Group gap="md">
            <Pulls place={place} />
            <Text size="sm" c="dimmed">
              {t("browse.updated")}: <Time at={updatedAt} />
            </Text>
          </Group>
        )}
      </Loaded>
      <Tabs
        value={tab}
        onChange={(to) =>
          void navigate({
            to:
              to === "history"
                ? "/projects/$project/repositories/$repository/history"
                : "/projects/$project/repositories/$repository/tags",
            params: { ...place },
          })
        }
      >
        <Tabs.List>
          <Tabs.Tab value="tags">{t("browse.tags")}</Tabs.Tab>
          <Tabs.Tab value="history">{t("browse.history.title")}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
    </>
  );
}

export function TagsRoute() {
  const place = tags.useParams();
  const state = tags.useSearch();
  const navigate = tags.useNavigate();
  return (
    <Container size="xl">
      <Stack>
        <Head place={place} tab="tags" />
        <TagTable place={place} state={state} onState={(search) => void navigate({ search })} />
      </Stack>
    </Container>
  );
}

export function HistoryRoute() {
  const place = history.useParams();
  return (
    <Container size="xl">
      <Stack>
        <Head place={place} tab="history" />
        <History place={place} />
      </Stack>
    </Container>
  );
}
