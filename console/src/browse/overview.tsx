import { Alert, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { placeOf } from "../api/names.ts";
import { useMay } from "../api/rights.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { FirstPush } from "./first-push.tsx";
import { HomeCard, HomeList, HomeRepository } from "./home-card.tsx";
import { ProjectLink, RepositoryLink } from "./links.tsx";
import { Recent, Starred } from "./mine.tsx";
import { PublicBadge } from "./public-badge.tsx";

const SHOWN = 8;
/** Milliseconds between looks for the first push. */
const AGAIN = 3_000;
/** What the commands call the project of whoever may make one. */
const EXAMPLE = "demo";

function Projects() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["projects", "first"],
    queryFn: () => ask("listProjects", { query: { limit: SHOWN } }),
  });
  return (
    <HomeCard
      id="home-projects"
      title={t("projects.title")}
      all={{ to: "/projects", words: t("home.allProjects") }}
    >
      <Loaded query={query}>
        {({ items }) => (
          <HomeList>
            {items.map(({ id, name, description, public: isPublic }) => (
              <li key={id}>
                <Group gap="xs">
                  <ProjectLink name={name} />
                  {isPublic && <PublicBadge isPublic />}
                </Group>
                {description !== null && (
                  <Text size="sm" c="dimmed" lineClamp={2} className="wraps">
                    {description}
                  </Text>
                )}
              </li>
            ))}
          </HomeList>
        )}
      </Loaded>
    </HomeCard>
  );
}

/** The first project that the reader may push to; null for none of those that come first. */
async function findTarget(): Promise<string | null> {
  const { items } = await ask("listProjects", { query: { limit: SHOWN } });
  for (const { name } of items) {
    const rights = await ask("listMyRights", { query: { project: name } });
    if (rights.items.includes("repository:push")) return name;
  }
  return null;
}

/**
 * What is the reader's, and what changed last; in an empty registry the way to the first image,
 * until it is there.
 */
export function Overview({ name }: { readonly name: string }) {
  const { t } = useTranslation();
  const may = useMay(null);
  const wasEmpty = useRef(false);
  const query = useQuery({
    queryKey: ["repositories", "last"],
    queryFn: () => ask("listRepositories", { query: { limit: SHOWN, sort: "-updated" } }),
    refetchInterval: ({ state }) => (state.data?.items.length === 0 ? AGAIN : false),
  });
  const isEmpty = query.data?.items.length === 0;
  if (isEmpty) wasEmpty.current = true;
  const target = useQuery({
    queryKey: ["projects", "target"],
    queryFn: findTarget,
    enabled: isEmpty,
  });
  return (
    <Loaded query={query}>
      {({ items }) => {
        const [newest] = items;
        if (newest === undefined) {
          const known = target.data ?? (may("project:create") ? EXAMPLE : undefined);
          return target.isPending ? null : <FirstPush name={name} project={known} />;
        }
        return (
          <Stack>
            {wasEmpty.current && (
              <Alert color="teal" variant="light" role="status" title={t("first.arrived")}>
                <RepositoryLink place={placeOf(newest.name)} />
              </Alert>
            )}
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Recent />
              <Starred />
              <HomeCard
                id="home-last"
                title={t("home.last")}
                all={{ to: "/repositories", words: t("home.allRepositories") }}
              >
                <HomeList>
                  {items.map((each) => (
                    <HomeRepository key={each.id} name={each.name}>
                      <Time at={each.updatedAt} />
                    </HomeRepository>
                  ))}
                </HomeList>
              </HomeCard>
              <Projects />
            </SimpleGrid>
          </Stack>
        );
      }}
    </Loaded>
  );
}
