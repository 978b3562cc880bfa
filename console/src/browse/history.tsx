import { Button, Group } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place, shortDigest } from "../api/names.ts";
import { useMayIn } from "../api/rights.ts";
import { Empty } from "../ui/empty.tsx";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Time } from "../ui/time.tsx";
import { ArtifactLink } from "./links.tsx";
import { historyQuery } from "./queries.ts";

type Move = Schemas["TagMove"];

function End({
  place,
  digest,
  isHere,
}: {
  readonly place: Place;
  readonly digest: string | null;
  readonly isHere: boolean;
}) {
  const { t } = useTranslation();
  if (digest === null) return <>{t("browse.history.nothing")}</>;
  if (isHere) return <ArtifactLink place={place} reference={digest} />;
  return <>{shortDigest(digest)}</>;
}

interface Props {
  readonly place: Place;
  /** Of this tag alone. */
  readonly tag?: string | undefined;
}

/** What became of the tags of a repository, newest first, with the way back. */
export function History({ place, tag }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const may = useMayIn(fullName(place));
  const query = useInfiniteQuery(historyQuery(place, tag));
  const back = useMutation({
    mutationFn: ({ tag: name, from }: Move) =>
      ask("setTag", { params: { ...place, tag: name }, body: { digest: from ?? "" } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["history", fullName(place)] });
      await client.invalidateQueries({ queryKey: ["tags", fullName(place)] });
      await client.invalidateQueries({ queryKey: ["artifact", fullName(place)] });
    },
  });
  const moves = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <ProblemAlert error={query.error ?? back.error} />
      {moves.length === 0 && query.isSuccess && <Empty words={t("browse.history.none")} />}
      <Entries label={t("browse.history.title")}>
        {moves.map((move) => (
          <Entry
            key={move.id}
            name={move.tag}
            action={
              move.fromIsHere &&
              may("repository:push") && (
                <Button
                  size="xs"
                  variant="default"
                  loading={back.isPending && back.variables.id === move.id}
                  disabled={back.isPending}
                  onClick={() => back.mutate(move)}
                >
                  {t("browse.history.back")}
                </Button>
              )
            }
          >
            <div className="words">
              <End place={place} digest={move.from} isHere={move.fromIsHere} />
              {" → "}
              <End place={place} digest={move.to} isHere={move.toIsHere} />
            </div>
            <Fact>
              <Time at={move.at} />
              {move.by === null ? "" : ` · ${move.by.name}`}
            </Fact>
          </Entry>
        ))}
      </Entries>
      {query.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("browse.history.more")}
          </Button>
        </Group>
      )}
    </>
  );
}
