import { Group, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export interface Series {
  readonly label: string;
  /** A colour that stands out on light and on dark. */
  readonly colour: string;
}

export interface Point {
  readonly at: number;
  readonly values: readonly number[];
}

interface Props {
  readonly title: string;
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  /** How far apart they are: what a moment is called follows from it. */
  readonly step: "hour" | "day";
  readonly format: (value: number) => string;
}

const HEIGHT = 100;
/** Of a bar with the gap to the next. */
const SLOT = 10;

/** The bars of one series as one shape: a page with many of them opens at once all the same. */
function barsOf(
  points: readonly Point[],
  n: number,
  { width, most }: { readonly width: number; readonly most: number },
): string {
  return points
    .map(({ values }, slot) => {
      const height = (HEIGHT * (values[n] ?? 0)) / most;
      return `M${slot * width + 2 + SLOT * n} ${HEIGHT}v${-height}h${SLOT - 1}v${height}z`;
    })
    .join("");
}

interface FiguresProps extends Pick<Props, "title" | "series" | "points" | "format"> {
  readonly nameOf: (at: number) => string;
}

/** What a chart shows, for those who would rather read it. */
function Figures({ title, series, points, format, nameOf }: FiguresProps) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer
      minWidth={300}
      maxHeight={300}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
    >
      <Table aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("audit.at")}</Table.Th>
            {series.map(({ label }) => (
              <Table.Th key={label} scope="col" ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map(({ at, values }) => (
            <Table.Tr key={at}>
              <Table.Th scope="row">{nameOf(at)}</Table.Th>
              {values.map((value, n) => (
                <Table.Td key={series[n]?.label} ta="right">
                  {format(value)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Bars over time, drawn by the page itself; everything in it can be read as a table too. */
export function Chart({ title, series, points, step, format }: Props) {
  const { t, i18n } = useTranslation();
  const most = Math.max(1, ...points.flatMap(({ values }) => values));
  const names = new Intl.DateTimeFormat(i18n.language, {
    ...(step === "hour" ? { hour: "2-digit", minute: "2-digit" } : {}),
    month: "short",
    day: "numeric",
    // Days are those of the server's books.
    ...(step === "day" ? { timeZone: "UTC" } : {}),
  });
  const nameOf = (at: number) => names.format(new Date(at));
  const told = ({ at, values }: Point) =>
    `${nameOf(at)}: ${values.map((value, n) => `${series[n]?.label} ${format(value)}`).join(", ")}`;
  const isQuiet = points.every(({ values }) => values.every((value) => value === 0));
  const width = SLOT * series.length + 4;
  const [isOpen, setOpen] = useState(false);
  const [pointed, setPointed] = useState<Point>();
  const [first, last] = [points[0], points.at(-1)];
  return (
    <Stack gap="xs" component="figure" m={0}>
      <Group component="figcaption" justify="space-between">
        <Text fw={600}>{title}</Text>
        <Group gap="md">
          {series.map(({ label, colour }) => (
            <Group key={label} gap={6} wrap="nowrap">
              <svg width="12" height="12" aria-hidden="true">
                <rect width="12" height="12" rx="2" fill={colour} />
              </svg>
              <Text size="sm">{label}</Text>
            </Group>
          ))}
        </Group>
      </Group>
      <div className="chart">
        <Text size="xs" c="dimmed" className="chart-most">
          {isQuiet ? t("dash.nothing") : format(most)}
        </Text>
        <svg
          role="img"
          aria-label={t("dash.chart", { title, most: format(most) })}
          viewBox={`0 0 ${Math.max(1, points.length) * width} ${HEIGHT}`}
          preserveAspectRatio="none"
          onPointerMove={({ clientX, currentTarget }) => {
            const { left, width: whole } = currentTarget.getBoundingClientRect();
            setPointed(points[Math.floor((points.length * (clientX - left)) / whole)]);
          }}
        >
          <title>{pointed === undefined ? "" : told(pointed)}</title>
          {series.map(({ label, colour }, n) => (
            <path key={label} d={barsOf(points, n, { width, most })} fill={colour} />
          ))}
        </svg>
      </div>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {first !== undefined && nameOf(first.at)}
        </Text>
        <Text size="xs" c="dimmed">
          {last !== undefined && nameOf(last.at)}
        </Text>
      </Group>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <Text span size="sm">
            {t("dash.asTable")}
          </Text>
        </summary>
        {isOpen && <Figures {...{ title, series, points, format, nameOf }} />}
      </details>
    </Stack>
  );
}
