import { Box, Table } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  readonly label: string;
  readonly head: readonly string[];
  /** Words stand to the left, figures to the right. */
  readonly isText?: boolean;
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

/** A small table of figures: a name first, then numbers; a narrow window scrolls it. */
export function PlainTable({ label, head, rows, isText = false }: Props) {
  const figure = isText ? undefined : "figure";
  return (
    // Plain elements, scrolled by the browser (with its keys too): several stand on one page.
    <Box component="section" className="plain-rows" aria-label={label} tabIndex={0}>
      <Table aria-label={label}>
        <thead>
          <tr>
            {head.map((name, n) => (
              <th key={name} scope="col" className={n === 0 ? undefined : figure}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <tr key={key}>
              <th scope="row" className="list-cell">
                {first}
              </th>
              {others.map((cell, n) => (
                <td key={head[n + 1]} className={figure}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Box>
  );
}
