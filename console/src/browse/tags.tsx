import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place, shortDigest } from "../api/names.ts";
import { useMayIn } from "../api/rights.ts";
import { Ask } from "../ui/ask.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Empty } from "../ui/empty.tsx";
import { useNumber, useSize } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { Time } from "../ui/time.tsx";
import { CopyPull } from "./commands.tsx";
import { ImmutableBadge } from "./immutable-badge.tsx";
import { KindBadge } from "./kind-badge.tsx";
import { ArtifactLink } from "./links.tsx";
import { NameFilter } from "./name-filter.tsx";
import { sortOf, tagsQuery } from "./queries.ts";
import type { ListState } from "./table-state.ts";

type Tag = Schemas["Tag"];

interface Props {
  readonly place: Place;
  readonly state: ListState;
  readonly onState: (state: ListState) => void;
}

/** A tag that was deleted a moment ago, with what it takes to put it back. */
type Removed = Pick<Tag, "name" | "digest">;

interface DeleteProps {
  readonly place: Place;
  readonly count: number;
  readonly isPending: boolean;
  readonly onAsk: () => void;
}

/** Knows the reader's rights by itself, so that their arrival does not draw every row anew. */
function DeleteChosen({ place, count, isPending, onAsk }: DeleteProps) {
  const { t } = useTranslation();
  const may = useMayIn(fullName(place));
  if (count === 0 || !may("repository:delete")) return null;
  return (
    <Button size="xs" color="red" loading={isPending} onClick={onAsk}>
      {t("browse.deleteTags", { count })}
    </Button>
  );
}

/** The tags of a repository, as the server sorts and filters them. */
export function TagTable({ place, state, onState }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const size = useSize();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<readonly Removed[]>([]);
  const sort = sortOf(state);
  const { name, cursor } = state;
  const query = useQuery(tagsQuery(place, state));
  const refresh = () => client.invalidateQueries({ queryKey: ["tags", fullName(place)] });
  const remove = useMutation({
    // What cannot be deleted stays chosen, and keeps the others from nothing.
    mutationFn: async (tags: readonly Tag[]) => {
      const left = new Map<string, unknown>();
      for (const { name: tag, digest } of tags) {
        try {
          await ask("deleteTag", { params: { ...place, tag } });
          setRemoved((before) => [...before, { name: tag, digest }]);
        } catch (error) {
          left.set(tag, error);
        }
      }
      setChosen(new Set(left.keys()));
      for (const error of left.values()) throw error;
    },
    onMutate: () => setRemoved([]),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: async () => {
      for (const { name: tag, digest } of removed) {
        await ask("setTag", { params: { ...place, tag }, body: { digest } });
      }
    },
    onSuccess: () => setRemoved([]),
    onSettled: refresh,
  });
  // Two that are chosen can be laid side by side.
  const [from, to] = chosen.size === 2 ? [...chosen] : [];
  const columns: readonly Column<Tag>[] = [
    {
      id: "name",
      title: t("browse.tag"),
      sort: "name",
      isFixed: true,
      cell: (tag) => (
        <>
          <ArtifactLink place={place} reference={tag.name} />
          {tag.immutableBy !== null && <ImmutableBadge rule={tag.immutableBy} />}
        </>
      ),
    },
    { id: "kind", title: t("browse.what"), cell: (tag) => <KindBadge kind={tag.kind} /> },
    {
      id: "size",
      title: t("browse.size"),
      cell: (tag) => (tag.size === null ? "" : size(tag.size)),
    },
    {
      id: "digest",
      title: t("browse.digest"),
      cell: (tag) => (
        <code className="digest" title={tag.digest}>
          {shortDigest(tag.digest)}
        </code>
      ),
    },
    {
      id: "updated",
      title: t("browse.updated"),
      sort: "updated",
      cell: (tag) => <Time at={tag.updatedAt} />,
    },
    { id: "by", title: t("browse.by"), cell: (tag) => tag.updatedBy?.name ?? "" },
    {
      id: "pull",
      title: t("browse.pull.title"),
      cell: (tag) => <CopyPull reference={`${fullName(place)}:${tag.name}`} kind={tag.kind} />,
    },
  ];
  return (
    <>
      <ProblemAlert error={remove.error ?? restore.error} />
      {removed.length > 0 && !remove.isPending && (
        <Group role="status">
          <Text>{t("browse.removedTags", { count: removed.length })}</Text>
          <Button
            size="xs"
            variant="light"
            loading={restore.isPending}
            onClick={() => restore.mutate()}
          >
            {t("browse.undo")}
          </Button>
        </Group>
      )}
      <Loaded query={query}>
        {({ items, next }) =>
          items.length === 0 && name === undefined && cursor === undefined ? (
            <Empty words={t("browse.noTags")} />
          ) : (
            <>
              <DataTable
                label={t("browse.tags")}
                columns={columns}
                items={items}
                keyOf={(tag) => tag.name}
                state={{ ...state, sort }}
                onState={(changed) => onState({ ...state, ...changed })}
                next={next}
                chosen={chosen}
                onChosen={setChosen}
                tools={
                  <>
                    <NameFilter
                      value={name}
                      onValue={(value) => onState({ ...state, name: value, cursor: undefined })}
                    />
                    {from !== undefined && to !== undefined && (
                      <Button
                        size="xs"
                        variant="default"
                        renderRoot={(props) => (
                          <Link
                            {...props}
                            to="/projects/$project/repositories/$repository/compare"
                            params={{ ...place }}
                            search={{ from, to }}
                          />
                        )}
                      >
                        {t("browse.act.compareTwo")}
                      </Button>
                    )}
                    <DeleteChosen
                      place={place}
                      count={chosen.size}
                      isPending={remove.isPending}
                      onAsk={() => setAsking(true)}
                    />
                  </>
                }
              />
              {items.length === 0 && <Text c="dimmed">{t("browse.nothingFits")}</Text>}
              {isAsking && (
                <Ask
                  title={t("browse.deleteTags", { count: chosen.size })}
                  words={t("browse.deleteTagsWords", { number: number(chosen.size) })}
                  yes={t("browse.delete")}
                  onYes={() => {
                    setAsking(false);
                    remove.mutate(items.filter((tag) => chosen.has(tag.name)));
                  }}
                  onNo={() => setAsking(false)}
                />
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}
