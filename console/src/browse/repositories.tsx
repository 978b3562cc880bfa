import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { placeOf } from "../api/names.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Empty } from "../ui/empty.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { RepositoryLink } from "./links.tsx";
import { NameFilter } from "./name-filter.tsx";
import { repositoriesQuery, sortOf } from "./queries.ts";
import type { ListState } from "./table-state.ts";

type Repository = Schemas["Repository"];

/** Beyond this the server says no more than "more". */
const MOST_COUNTED = 10_000;

interface Props {
  /** Of this project alone. */
  readonly project?: string | undefined;
  readonly state: ListState;
  readonly onState: (state: ListState) => void;
}

function Count({ value }: { readonly value: number }) {
  const number = useNumber();
  return <>{value > MOST_COUNTED ? `> ${number(MOST_COUNTED)}` : number(value)}</>;
}

/** Repositories that the reader may see. */
export function RepositoryTable({ project, state, onState }: Props) {
  const { t } = useTranslation();
  const { name, cursor } = state;
  const sort = sortOf(state);
  const query = useQuery(repositoriesQuery(project, state));
  const columns: readonly Column<Repository>[] = [
    {
      id: "name",
      title: t("browse.repository"),
      sort: "name",
      isFixed: true,
      cell: (each) => (
        <RepositoryLink place={placeOf(each.name)}>
          {project === undefined ? each.name : placeOf(each.name).repository}
        </RepositoryLink>
      ),
    },
    { id: "tags", title: t("browse.tags"), cell: (each) => <Count value={each.tags} /> },
    {
      id: "artifacts",
      title: t("browse.artifacts"),
      cell: (each) => <Count value={each.artifacts} />,
    },
    {
      id: "updated",
      title: t("browse.updated"),
      sort: "updated",
      cell: (each) => <Time at={each.updatedAt} />,
    },
  ];
  return (
    <Loaded query={query}>
      {({ items, next }) =>
        items.length === 0 && name === undefined && cursor === undefined ? (
          <Empty words={t("browse.noRepositories")} />
        ) : (
          <>
            <DataTable
              label={t("browse.repositories")}
              columns={columns}
              items={items}
              keyOf={(each) => each.name}
              state={{ ...state, sort }}
              onState={(changed) => onState({ ...state, ...changed })}
              next={next}
              tools={
                <NameFilter
                  value={name}
                  onValue={(value) => onState({ ...state, name: value, cursor: undefined })}
                />
              }
            />
            {items.length === 0 && <Text c="dimmed">{t("browse.nothingFits")}</Text>}
          </>
        )
      }
    </Loaded>
  );
}
