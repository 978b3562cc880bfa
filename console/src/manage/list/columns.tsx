import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Column<T> {
  readonly key: string;
  readonly label: string;
  readonly cell: (row: T) => ReactNode;
  /** What the server calls the sort by it. */
  readonly sort?: string;
  /** What rows are sorted by here, once all of them have been read. */
  readonly order?: (row: T) => string | number;
  /** The one that says which row it is; it cannot be hidden. */
  readonly isName?: boolean;
  /** Figures stand to the right. */
  readonly isFigure?: boolean;
}

interface Props {
  readonly columns: readonly { readonly key: string; readonly label: string }[];
  readonly hidden: ReadonlySet<string>;
  readonly onChange: (hidden: readonly string[]) => void;
}

/** Which columns are shown. */
export function ColumnChoice({ columns, hidden, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Popover position="bottom-end" withinPortal={false} trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs">
          {t("list.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("list.columns")}>
        <Stack gap="xs">
          {columns.map(({ key, label }) => (
            <Checkbox
              key={key}
              label={label}
              checked={!hidden.has(key)}
              onChange={(event) => {
                const after = new Set(hidden);
                if (event.currentTarget.checked) after.delete(key);
                else after.add(key);
                onChange([...after]);
              }}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
