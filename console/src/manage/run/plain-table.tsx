import { Table } from "@mantine/core";
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
  return (
    <Table.ScrollContainer
      minWidth={480}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "region", "aria-label": label } }}
    >
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {head.map((name, n) => (
              <Table.Th key={name} scope="col" ta={n === 0 || isText ? "left" : "right"}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" className="list-cell">
                {first}
              </Table.Th>
              {others.map((cell, n) => (
                <Table.Td key={head[n + 1]} ta={isText ? "left" : "right"}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
