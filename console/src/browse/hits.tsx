import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { placeOf, shortDigest } from "../api/names.ts";
import { Empty } from "../ui/empty.tsx";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { ArtifactLink, ProjectLink, RepositoryLink } from "./links.tsx";
import type { SearchKind } from "./search-state.ts";

type Hit = Schemas["Hit"];

/** Milliseconds between looks while not everything can be found yet. */
const AGAIN = 3_000;

/** The way to what was found. */
function HitLink({ hit: { project, repository, tag, digest } }: { readonly hit: Hit }) {
  if (repository === null) return <ProjectLink name={project} />;
  const place = placeOf(repository);
  if (tag !== null) {
    return <ArtifactLink place={place} reference={tag}>{`${repository}:${tag}`}</ArtifactLink>;
  }
  if (digest === null) return <RepositoryLink place={place} />;
  return (
    <ArtifactLink place={place} reference={digest}>
      {`${repository}@${shortDigest(digest)}`}
    </ArtifactLink>
  );
}

/** By what it was found, where that is not its name; the value is text of whoever pushed it. */
function Matched({ matched: { field, value } }: Pick<Hit, "matched">) {
  const { t } = useTranslation();
  if (field === "name") return null;
  return (
    <Text size="sm" className="wraps" lineClamp={3}>
      {`${t(`search.field.${field}`)}: ${value}`}
    </Text>
  );
}

const keyOf = ({ kind, project, repository, tag, digest }: Hit) =>
  [kind, repository ?? project, tag, digest].join(" ");

/** What was found, page after page. */
export function Hits({ q, kind }: { readonly q: string; readonly kind: SearchKind | undefined }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["search", q, kind],
    queryFn: ({ pageParam }) =>
      ask("search", {
        query: {
          q,
          ...(kind === undefined ? {} : { kind }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === "building" ? AGAIN : false),
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        const count = items.length;
        return (
          <Stack aria-busy={query.isPlaceholderData}>
            {pages[0]?.state === "building" && (
              <Alert variant="light" role="status">
                {t("search.building")}
              </Alert>
            )}
            <Text role="status" size="sm" c="dimmed">
              {t(query.hasNextPage ? "search.foundMore" : "search.found", { count })}
            </Text>
            {count === 0 && <Empty words={t("search.none")} />}
            <Entries label={t("search.results")}>
              {items.map((hit) => (
                <Entry key={keyOf(hit)} name={<HitLink hit={hit} />}>
                  <Matched matched={hit.matched} />
                  <Fact>
                    {t(`search.kind.${hit.kind}`)}
                    {hit.at !== null && (
                      <>
                        {" · "}
                        <Time at={hit.at} />
                      </>
                    )}
                  </Fact>
                </Entry>
              ))}
            </Entries>
            {query.hasNextPage && (
              <Group justify="center">
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("browse.files.more")}
                </Button>
              </Group>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
