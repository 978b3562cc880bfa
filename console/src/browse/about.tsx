import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { Empty } from "../ui/empty.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { PullCommand } from "./commands.tsx";
import { Standing } from "./insight.tsx";
import { artifactQuery } from "./queries.ts";

const Pulls = lazy(() => import("./pulls.tsx").then((module) => ({ default: module.Pulls })));

/** The tag whose words stand for the repository: `latest`, else the one that moved last. */
async function mainTag(place: Place) {
  const { items } = await ask("listTags", {
    params: { ...place },
    query: { name: "latest", sort: "name", limit: 50 },
  });
  const latest = items.find(({ name }) => name === "latest");
  if (latest !== undefined) return latest;
  const newest = await ask("listTags", {
    params: { ...place },
    query: { sort: "-updated", limit: 1 },
  });
  return newest.items.at(0) ?? null;
}

function ReadMe({ place, tag }: { readonly place: Place; readonly tag: string }) {
  const { t } = useTranslation();
  const query = useQuery(artifactQuery(place, tag));
  return (
    <Loaded query={query}>
      {({ insight }) => (
        <Stack component="section" aria-labelledby="readme">
          <Title order={2} size="h3" id="readme">
            {t("browse.insight.readme")}
          </Title>
          <Standing insight={insight} />
          {insight.readme === null ? (
            <Text c="dimmed">{t("browse.noReadme", { tag })}</Text>
          ) : (
            <Markdown text={insight.readme.markdown} />
          )}
        </Stack>
      )}
    </Loaded>
  );
}

/** What a repository is for, how to get it, and how much it is used. */
export function About({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["tags", fullName(place), "main"],
    queryFn: () => mainTag(place),
  });
  return (
    <Loaded query={query}>
      {(tag) =>
        tag === null ? (
          <Empty words={t("browse.noTags")} />
        ) : (
          <Stack gap="lg">
            <PullCommand reference={`${fullName(place)}:${tag.name}`} kind={tag.kind} />
            <ReadMe place={place} tag={tag.name} />
            <Suspense fallback={<Skeleton height={200} />}>
              <Pulls place={place} />
            </Suspense>
          </Stack>
        )
      }
    </Loaded>
  );
}
