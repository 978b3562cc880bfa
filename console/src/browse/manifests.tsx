import { Code, SegmentedControl, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { KindBadge } from "./kind-badge.tsx";
import { ArtifactLink } from "./links.tsx";
import { ROWS } from "./queries.ts";
import { type ManifestsState, TAGGED } from "./table-state.ts";

type Artifact = Schemas["Artifact"];

const SORTS = ["pushed", "-pushed"] as const;

interface Props {
  readonly place: Place;
  readonly state: ManifestsState;
  readonly onState: (state: ManifestsState) => void;
}

/** Every manifest of a repository, those without a tag too. */
export function ManifestTable({ place, state, onState }: Props) {
  const { t } = useTranslation();
  const sort = SORTS.find((each) => each === state.sort) ?? "-pushed";
  const { tagged, cursor } = state;
  const query = useQuery({
    queryKey: ["manifests", fullName(place), { tagged, cursor, sort }],
    queryFn: () =>
      ask("listArtifacts", {
        params: { ...place },
        query: {
          sort,
          limit: ROWS,
          ...(tagged === undefined ? {} : { tagged: tagged === "yes" ? "true" : "false" }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      }),
    placeholderData: keepPreviousData,
  });
  const columns: readonly Column<Artifact>[] = [
    {
      id: "digest",
      title: t("browse.digest"),
      isFixed: true,
      cell: (each) => <ArtifactLink place={place} reference={each.digest} />,
    },
    { id: "kind", title: t("browse.what"), cell: (each) => <KindBadge kind={each.kind} /> },
    {
      id: "tags",
      title: t("browse.tags"),
      cell: ({ tags, tagCount }) => (
        <Text size="sm" className="wraps">
          {`${tags.slice(0, 5).join(", ")}${tagCount > 5 ? " …" : ""}`}
        </Text>
      ),
    },
    {
      id: "type",
      title: t("browse.artifact.mediaType"),
      cell: (each) => <Code className="wraps">{each.artifactType ?? each.mediaType}</Code>,
    },
    {
      id: "pushed",
      title: t("browse.pushed"),
      sort: "pushed",
      cell: (each) => <Time at={each.pushedAt} />,
    },
    { id: "by", title: t("browse.by"), cell: (each) => each.pushedBy?.name ?? "" },
  ];
  return (
    <Loaded query={query}>
      {({ items, next }) => (
        <>
          <DataTable
            label={t("browse.artifacts")}
            columns={columns}
            items={items}
            keyOf={(each) => each.digest}
            state={{ ...state, sort }}
            onState={(changed) => onState({ ...state, ...changed })}
            next={next}
            tools={
              <SegmentedControl
                size="xs"
                aria-label={t("browse.tagged.label")}
                value={tagged ?? "all"}
                onChange={(value) =>
                  onState({
                    ...state,
                    tagged: TAGGED.find((each) => each === value),
                    cursor: undefined,
                  })
                }
                data={(["all", ...TAGGED] as const).map((value) => ({
                  value,
                  label: t(`browse.tagged.${value}`),
                }))}
              />
            }
          />
          {items.length === 0 && <Text c="dimmed">{t("browse.nothingFits")}</Text>}
        </>
      )}
    </Loaded>
  );
}
