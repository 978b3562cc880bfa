import { Group, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, TableRows, type TableState, TableTools } from "../../ui/data-table.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { type Bulk, BulkBar } from "./bulk-bar.tsx";
import { useListSearch } from "./list-search.ts";
import { type Ordered, sorted } from "./sorting.ts";
import type { List } from "./use-list.ts";

export interface ListColumn<T> extends Column<T>, Ordered<T> {}

interface Props<T> {
  readonly label: string;
  readonly list: List<T>;
  readonly columns: readonly ListColumn<T>[];
  readonly keyOf: (row: T) => string;
  readonly nameOf: (row: T) => string;
  /** Fields that narrow the list down. */
  readonly filters?: ReactNode;
  readonly bulk?: readonly Bulk<T>[];
  /** In the place of the rows when there is none. */
  readonly empty: ReactNode;
  readonly onBulkDone?: () => void;
}

/**
 * A list of the server with its filters, and with what can be done to several rows at once. What
 * the server does not sort is sorted here as soon as the list is one page.
 */
export function ListTable<T>(props: Props<T>) {
  const { list, columns, keyOf, nameOf, label, filters, bulk = [], empty } = props;
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const onState = ({ sort = "", cursor = "", hide = "" }: TableState) =>
    change({ sort, cursor, hide });
  const hasRows = list.data !== undefined && list.data.items.length > 0;
  return (
    <Stack gap="sm" miw={0}>
      {/* In its place before there are rows and after: what is being typed there stays. */}
      {(filters !== undefined || hasRows) && (
        <TableTools
          columns={hasRows ? columns : []}
          state={search}
          onState={onState}
          tools={
            filters !== undefined && (
              <Group gap="xs" align="flex-end" role="search" aria-label={t("list.filters")}>
                {filters}
              </Group>
            )
          }
        />
      )}
      <Loaded query={list}>
        {({ items, next }) => {
          if (items.length === 0) return empty;
          const isWhole = next === null && search.cursor === undefined;
          const rows = isWhole ? sorted(items, columns, search.sort) : items;
          const sortable = columns.map(({ order, ...column }) =>
            order !== undefined && isWhole ? { ...column, sort: column.id } : column,
          );
          return (
            <>
              <BulkBar
                rows={rows.filter((row) => chosen.has(keyOf(row)))}
                actions={bulk}
                onDone={(left) => {
                  setChosen(new Set(left.map(keyOf)));
                  props.onBulkDone?.();
                }}
              />
              <TableRows
                label={label}
                columns={sortable}
                items={rows}
                keyOf={keyOf}
                nameOf={nameOf}
                state={search}
                onState={onState}
                next={next}
                {...(bulk.length > 0 ? { chosen, onChosen: setChosen } : {})}
              />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
