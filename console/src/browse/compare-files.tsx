import { Badge, Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { useSize } from "../ui/figure.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import type { Compared } from "./compare-state.ts";
import { Standing } from "./insight.tsx";

const AGAIN = 1_000;
const COLOURS = { added: "green", removed: "red", changed: "yellow", same: "gray" } as const;

export type Difference = keyof typeof COLOURS;

/** What became of something, in words and in colour. */
export function DifferenceBadge({ status }: { readonly status: Difference }) {
  const { t } = useTranslation();
  return (
    <Badge variant="default" tt="none" leftSection={<Dot colour={COLOURS[status]} />}>
      {t(`compare.status.${status}`)}
    </Badge>
  );
}

function Dot({ colour }: { readonly colour: string }) {
  return (
    <svg width="8" height="8" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill={`var(--mantine-color-${colour}-6)`} />
    </svg>
  );
}

/** What a file was, in brief: its mode and size. */
function About({ file }: { readonly file: Schemas["File"] | null }) {
  const size = useSize();
  if (file === null) return <>–</>;
  return <>{file.type === "file" ? `${file.mode} · ${size(file.size)}` : file.mode}</>;
}

/** The files in which two images differ. */
export function FileChanges({
  place,
  compared,
}: {
  readonly place: Place;
  readonly compared: Compared;
}) {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["compare-files", fullName(place), compared],
    queryFn: ({ pageParam }) =>
      ask("compareFiles", {
        params: { ...place },
        query: { ...compared, limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === "pending" ? AGAIN : false),
  });
  const [first] = query.data?.pages ?? [];
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack component="section" aria-labelledby="compare-files">
      <Title order={2} size="h3" id="compare-files">
        {t("compare.files")}
      </Title>
      <ProblemAlert error={query.error} />
      {first !== undefined && <Standing insight={first} />}
      {first?.state === "ready" && items.length === 0 && <Text>{t("compare.noFiles")}</Text>}
      {items.length > 0 && (
        <Table role="table" aria-label={t("compare.files")} className="cards">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              <Table.Th role="columnheader">{t("compare.path")}</Table.Th>
              <Table.Th role="columnheader">{t("compare.what")}</Table.Th>
              <Table.Th role="columnheader">{t("compare.from")}</Table.Th>
              <Table.Th role="columnheader">{t("compare.to")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {items.map(({ path, status, from, to }) => (
              <Table.Tr key={path} role="row">
                <Table.Td role="cell" data-label={t("compare.path")}>
                  <div className="card-cell wraps">{path}</div>
                </Table.Td>
                <Table.Td role="cell" data-label={t("compare.what")}>
                  <DifferenceBadge status={status} />
                </Table.Td>
                <Table.Td role="cell" data-label={t("compare.from")}>
                  <About file={from} />
                </Table.Td>
                <Table.Td role="cell" data-label={t("compare.to")}>
                  <About file={to} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {query.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("browse.files.more")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
