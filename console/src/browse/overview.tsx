import { Alert, Anchor, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { placeOf } from "../api/names.ts";
import { useMay } from "../api/rights.ts";
import { Fact } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { FirstPush } from "./first-push.tsx";
import { ProjectLink, RepositoryLink } from "./links.tsx";
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
    <Card withBorder component="section" aria-labelledby="home-projects">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4" id="home-projects">
            {t("projects.title")}
          </Title>
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/projects" />}>
            {t("home.allProjects")}
          </Anchor>
        </Group>
        <Loaded query={query}>
          {({ items }) => (
            <Stack component="ul" gap="xs" m={0} p={0} className="plain-list">
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
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Card>
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

/** What changed last; in an empty registry the way to the first image, until it is there. */
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
              <Card withBorder component="section" aria-labelledby="home-last">
                <Stack gap="sm">
                  <Group justify="space-between">
                    <Title order={2} size="h4" id="home-last">
                      {t("home.last")}
                    </Title>
                    <Anchor
                      size="sm"
                      renderRoot={(props) => <Link {...props} to="/repositories" />}
                    >
                      {t("home.allRepositories")}
                    </Anchor>
                  </Group>
                  <Stack component="ul" gap="xs" m={0} p={0} className="plain-list">
                    {items.map((each) => (
                      <Group component="li" key={each.id} justify="space-between" gap="xs">
                        <div className="card-cell">
                          <RepositoryLink place={placeOf(each.name)} />
                        </div>
                        <Fact>
                          <Time at={each.updatedAt} />
                        </Fact>
                      </Group>
                    ))}
                  </Stack>
                </Stack>
              </Card>
              <Projects />
            </SimpleGrid>
          </Stack>
        );
      }}
    </Loaded>
  );
}
