import { Container, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useVisit } from "../api/mine.ts";
import { fullName, type Place } from "../api/names.ts";
import { useMayIn } from "../api/rights.ts";
import { About } from "../browse/about.tsx";
import { DeleteRepository } from "../browse/delete-repository.tsx";
import { History } from "../browse/history.tsx";
import { ProjectLink, Trail } from "../browse/links.tsx";
import { ManifestTable } from "../browse/manifests.tsx";
import { repositoryQuery, usageQuery } from "../browse/queries.ts";
import { RepositoryTrash } from "../browse/repository-trash.tsx";
import { StarButton } from "../browse/star.tsx";
import { TagTable } from "../browse/tags.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";

const BASE = "/projects/$project/repositories/$repository";
const TABS = [
  { to: `${BASE}/tags`, key: "browse.tags" },
  { to: `${BASE}/about`, key: "browse.about" },
  { to: `${BASE}/manifests`, key: "browse.artifacts" },
  { to: `${BASE}/history`, key: "browse.history.title" },
] as const;
/** For those who may see it. */
const TRASH = { to: `${BASE}/trash`, key: "trash.title" } as const;

const tags = getRouteApi(`/open${BASE}/tags`);
const about = getRouteApi(`/open${BASE}/about`);
const manifests = getRouteApi(`/open${BASE}/manifests`);
const history = getRouteApi(`/open${BASE}/history`);
const trash = getRouteApi(`/open${BASE}/trash`);

function Pulls({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const number = useNumber();
  const { data } = useQuery(usageQuery(place));
  if (data === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      {t("browse.pulls", { count: data.ever.pulls, number: number(data.ever.pulls) })}
    </Text>
  );
}

/** What stands above every page of a repository; the page itself once the repository is there. */
function Frame({ place, children }: { readonly place: Place; readonly children: ReactNode }) {
  const { t } = useTranslation();
  useDocumentTitle(`${fullName(place)} · ${t("app.name")}`);
  const query = useQuery(repositoryQuery(place));
  useVisit(place, query.isSuccess);
  const maySeeTrash = useMayIn(fullName(place))("trash:read");
  return (
    <Container size="xl">
      <Stack>
        <Trail>
          <ProjectLink name={place.project} />
          <Text span>{place.repository}</Text>
        </Trail>
        <Title order={1} className="wraps">
          {fullName(place)}
        </Title>
        <Loaded query={query}>
          {({ updatedAt }) => (
            <>
              <Group gap="md">
                <StarButton place={place} />
                <Pulls place={place} />
                <Text size="sm" c="dimmed">
                  {t("browse.updated")}: <Time at={updatedAt} />
                </Text>
                <DeleteRepository place={place} />
              </Group>
              <Group
                component="nav"
                gap={0}
                className="tab-links"
                aria-label={t("browse.ofRepository")}
              >
                {(maySeeTrash ? [...TABS, TRASH] : TABS).map(({ to, key }) => (
                  <Link
                    key={to}
                    to={to}
                    params={{ ...place }}
                    activeOptions={{ includeSearch: false }}
                    activeProps={{ "aria-current": "page" }}
                  >
                    {t(key)}
                  </Link>
                ))}
              </Group>
              {children}
            </>
          )}
        </Loaded>
      </Stack>
    </Container>
  );
}

export function TagsRoute() {
  const place = tags.useParams();
  const state = tags.useSearch();
  const navigate = tags.useNavigate();
  return (
    <Frame place={place}>
      <TagTable place={place} state={state} onState={(search) => void navigate({ search })} />
    </Frame>
  );
}

export function AboutRoute() {
  const place = about.useParams();
  return (
    <Frame place={place}>
      <About place={place} />
    </Frame>
  );
}

export function ManifestsRoute() {
  const place = manifests.useParams();
  const state = manifests.useSearch();
  const navigate = manifests.useNavigate();
  return (
    <Frame place={place}>
      <ManifestTable place={place} state={state} onState={(search) => void navigate({ search })} />
    </Frame>
  );
}

export function HistoryRoute() {
  const place = history.useParams();
  return (
    <Frame place={place}>
      <History place={place} />
    </Frame>
  );
}

export function RepositoryTrashRoute() {
  const place = trash.useParams();
  return (
    <Frame place={place}>
      <RepositoryTrash place={place} />
    </Frame>
  );
}
