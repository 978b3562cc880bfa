import { Button, Checkbox, Group, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "../../ui/loaded.tsx";
import { type Bulk, BulkBar } from "./bulk-bar.tsx";
import { type Column, ColumnChoice } from "./columns.tsx";
import { useListSearch } from "./list-search.ts";
import { nextSort, type Sorting, sorted, sortingOf } from "./sorting.ts";
import type { List } from "./use-list.ts";

interface HeadProps<T> {
  readonly column: Column<T>;
  readonly isSortable: boolean;
  readonly sorting: Sorting | undefined;
  readonly onSort: () => void;
}

function Head<T>({ column, isSortable, sorting, onSort }: HeadProps<T>) {
  const isBy = sorting?.key === column.key;
  const direction = sorting?.isDown ? "descending" : "ascending";
  const mark = isBy ? (sorting.isDown ? " ↓" : " ↑") : "";
  return (
    <Table.Th
      role="columnheader"
      scope="col"
      ta={column.isFigure ? "right" : undefined}
      aria-sort={isBy ? direction : isSortable ? "none" : undefined}
    >
      {isSortable ? (
        <UnstyledButton fw="inherit" fz="inherit" className="sort" onClick={onSort}>
          {column.label}
          <span aria-hidden="true">{mark}</span>
        </UnstyledButton>
      ) : (
        column.label
      )}
    </Table.Th>
  );
}

interface Props<T> {
  readonly label: string;
  readonly list: List<T>;
  readonly columns: readonly Column<T>[];
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
 * A list of the server: sorted, narrowed down, with the columns that the reader wants. All of that
 * stands in the address. On a narrow screen each row is a card.
 */
export function ListTable<T>(props: Props<T>) {
  const { list, columns, keyOf, nameOf, label, bulk = [] } = props;
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const hidden = new Set((search.hide ?? "").split(",").filter((key) => key !== ""));
  const shown = columns.filter(({ key, isName }) => isName === true || !hidden.has(key));
  const sorting = sortingOf(search.sort);
  const isWhole = !list.hasNextPage;
  const choosable = columns.filter(({ isName }) => isName !== true);

  function rowsOf(all: readonly T[]) {
    const rows = sorted(all, isWhole ? columns : [], sorting);
    const picked = rows.filter((row) => chosen.has(keyOf(row)));
    const turn = (keys: readonly string[], isOn: boolean) =>
      setChosen(new Set(isOn ? [...chosen, ...keys] : [...chosen].filter((k) => !keys.includes(k))));
    if (rows.length === 0) return props.empty;
    return (
      <>
        <BulkBar
          rows={picked}
          actions={bulk}
          onDone={(left) => {
            setChosen(new Set(left.map(keyOf)));
            props.onBulkDone?.();
          }}
        />
        <Table role="table" aria-label={label} className="list-table" verticalSpacing="sm">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {bulk.length > 0 && (
                <Table.Th role="columnheader" scope="col" w={40}>
                  <Checkbox
                    size="xs"
                    aria-label={t("list.all")}
                    checked={picked.length === rows.length}
                    indeterminate={picked.length > 0 && picked.length < rows.length}
                    onChange={(event) => turn(rows.map(keyOf), event.currentTarget.checked)}
                  />
                </Table.Th>
              )}
              {shown.map((column) => (
                <Head
                  key={column.key}
                  column={column}
                  isSortable={
                    column.sort !== undefined || (isWhole && column.order !== undefined)
                  }
                  sorting={sorting}
                  onSort={() => change({ sort: nextSort(sorting, column.key) })}
                />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows.map((row) => (
              <Table.Tr role="row" key={keyOf(row)}>
                {bulk.length > 0 && (
                  <Table.Td role="cell" className="list-pick">
                    <Checkbox
                      size="xs"
                      aria-label={t("list.choose", { name: nameOf(row) })}
                      checked={chosen.has(keyOf(row))}
                      onChange={(event) => turn([keyOf(row)], event.currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                {shown.map((column) => (
                  <Table.Td
                    role={column.isName ? "rowheader" : "cell"}
                    key={column.key}
                    data-label={column.label}
                    className={column.isName ? "list-name" : undefined}
                    ta={column.isFigure ? "right" : undefined}
                  >
                    <div className="list-cell">{column.cell(row)}</div>
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </>
    );
  }

  return (
    <Stack gap="sm" miw={0}>
      <Group justify="space-between" align="flex-end">
        <Group gap="xs" align="flex-end" role="search" aria-label={t("list.filters")}>
          {props.filters}
        </Group>
        {choosable.length > 0 && (
          <ColumnChoice
            columns={choosable}
            hidden={hidden}
            onChange={(keys) => change({ hide: keys.join(",") })}
          />
        )}
      </Group>
      <Loaded query={list}>{({ pages }) => rowsOf(pages.flatMap(({ items }) => items))}</Loaded>
      {list.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t("list.more")}
          </Button>
        </Group>
      )}
      {list.isFetchNextPageError && <Text role="alert">{t("app.failed")}</Text>}
    </Stack>
  );
}
