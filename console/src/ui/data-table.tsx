import { Button, Checkbox, Group, Popover, Stack, Table, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** What `sort` is called on the server, where it can sort by this. */
  readonly sort?: string;
  /** Always shown. */
  readonly isFixed?: boolean;
  /** Stands to the right, as figures do. */
  readonly isFigure?: boolean;
  readonly cell: (item: T) => ReactNode;
}

/** What a table keeps in the address of the page. */
export interface TableState {
  readonly sort?: string | undefined;
  readonly cursor?: string | undefined;
  /** Ids of columns that are left out, with commas. */
  readonly hide?: string | undefined;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  /** What people call it, where its key is nothing for them. */
  readonly nameOf?: (item: T) => string;
  readonly state: TableState;
  readonly onState: (state: TableState) => void;
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
  /** Keys that are chosen, for tables in which several can be. */
  readonly chosen?: ReadonlySet<string> | undefined;
  readonly onChosen?: (chosen: ReadonlySet<string>) => void;
  /** Stands beside the choice of columns: filters, what can be done with what is chosen. */
  readonly tools?: ReactNode;
}

function directionOf(sort: string | undefined, name: string) {
  if (sort === name) return "ascending" as const;
  return sort === `-${name}` ? ("descending" as const) : undefined;
}

// Rows drawn as cards are no table any more to a browser: their roles have to be said.
const GROUP = { role: "rowgroup" } as const;
const ROW = { role: "row" } as const;
const HEADER = { role: "columnheader" } as const;
const CELL = { role: "cell" } as const;

const ARROWS = { ascending: " ▲", descending: " ▼" } as const;

/** A title by which the rows can be put in order, in one direction and then in the other. */
function Sorter({
  state,
  onState,
  column,
}: Pick<Props<never>, "state" | "onState"> & {
  readonly column: { readonly title: string; readonly sort: string };
}) {
  const direction = directionOf(state.sort, column.sort);
  const turned = direction === "ascending" ? `-${column.sort}` : column.sort;
  return (
    <UnstyledButton
      fw={700}
      fz="sm"
      onClick={() => onState({ ...state, sort: turned, cursor: undefined })}
    >
      {column.title}
      <span aria-hidden="true">{direction === undefined ? "" : ARROWS[direction]}</span>
    </UnstyledButton>
  );
}

type ToolsProps<T> = Pick<Props<T>, "columns" | "state" | "onState" | "tools">;

function hiddenIn({ hide }: TableState): Set<string> {
  return new Set((hide ?? "").split(",").filter((id) => id !== ""));
}

/** What stands above the rows: filters, what can be done with what is chosen, the choice of columns. */
export function TableTools<T>({ columns, state, onState, tools }: ToolsProps<T>) {
  const { t } = useTranslation();
  const hidden = hiddenIn(state);
  const optional = columns.filter(({ isFixed }) => isFixed !== true);
  const turn = (id: string) => {
    const left = hidden.has(id) ? [...hidden].filter((each) => each !== id) : [...hidden, id];
    onState({ ...state, hide: left.length === 0 ? undefined : left.join(",") });
  };
  return (
    <Group justify="space-between" align="flex-end">
      <Group gap="sm" align="flex-end">
        {tools}
      </Group>
      {optional.length > 1 && (
        <Popover position="bottom-end" withinPortal={false} trapFocus>
          <Popover.Target>
            <Button variant="default" size="xs">
              {t("browse.table.columns")}
            </Button>
          </Popover.Target>
          <Popover.Dropdown>
            <Stack gap="xs">
              {optional.map(({ id, title }) => (
                <Checkbox
                  key={id}
                  label={title}
                  checked={!hidden.has(id)}
                  onChange={() => turn(id)}
                />
              ))}
            </Stack>
          </Popover.Dropdown>
        </Popover>
      )}
    </Group>
  );
}

/** The rows of a page, and the way to the next. */
export function TableRows<T>(props: Omit<Props<T>, "tools">) {
  const { label, columns, items, keyOf, state, onState, next, chosen, onChosen } = props;
  const { nameOf = keyOf } = props;
  const { t } = useTranslation();
  const hidden = hiddenIn(state);
  const shown = columns.filter(({ id, isFixed }) => isFixed === true || !hidden.has(id));
  const keys = items.map(keyOf);
  const isAll = chosen !== undefined && keys.length > 0 && keys.every((key) => chosen.has(key));
  const choose = (key: string) => {
    const left = new Set(chosen);
    if (!left.delete(key)) left.add(key);
    onChosen?.(left);
  };
  return (
    <Stack gap="sm" w="100%">
      {/* Plain elements: as components, each of some two hundred cells costs the page time. */}
      <Table role="table" aria-label={label} className="cards" verticalSpacing="sm">
        <thead {...GROUP}>
          <tr {...ROW}>
            {chosen !== undefined && (
              <th {...HEADER} className="choosing">
                <input
                  type="checkbox"
                  aria-label={t("browse.table.chooseAll")}
                  checked={isAll}
                  onChange={() => onChosen?.(new Set(isAll ? [] : keys))}
                />
              </th>
            )}
            {shown.map(({ id, title, sort, isFigure }) => (
              <th
                key={id}
                {...HEADER}
                className={isFigure ? "figure" : undefined}
                aria-sort={
                  sort === undefined ? undefined : (directionOf(state.sort, sort) ?? "none")
                }
              >
                {sort === undefined ? (
                  title
                ) : (
                  <Sorter state={state} onState={onState} column={{ title, sort }} />
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...GROUP}>
          {items.map((item) => {
            const key = keyOf(item);
            return (
              <tr key={key} {...ROW}>
                {chosen !== undefined && (
                  <td {...CELL}>
                    <input
                      type="checkbox"
                      aria-label={t("browse.table.choose", { name: nameOf(item) })}
                      checked={chosen.has(key)}
                      onChange={() => choose(key)}
                    />
                  </td>
                )}
                {shown.map(({ id, title, isFigure, cell }) => (
                  <td
                    key={id}
                    {...CELL}
                    data-label={title}
                    className={isFigure ? "figure" : undefined}
                  >
                    <div className="card-cell">{cell(item)}</div>
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </Table>
      {(next !== null || state.cursor !== undefined) && (
        <Group justify="flex-end">
          {state.cursor !== undefined && (
            <Button
              variant="default"
              size="xs"
              onClick={() => onState({ ...state, cursor: undefined })}
            >
              {t("browse.table.first")}
            </Button>
          )}
          {next !== null && (
            <Button variant="default" size="xs" onClick={() => onState({ ...state, cursor: next })}>
              {t("browse.table.next")}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

/** A page of a list that the server sorts, filters and pages; its state is in the address. */
export function DataTable<T>({ tools, ...rows }: Props<T>) {
  const { columns, state, onState } = rows;
  return (
    <Stack gap="sm" w="100%">
      <TableTools {...{ columns, state, onState, tools }} />
      <TableRows {...rows} />
    </Stack>
  );
}
