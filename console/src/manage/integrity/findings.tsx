import { Badge, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Time } from "../../ui/time.tsx";
import { ChoiceFilter } from "../list/filters.tsx";
import { useListSearch } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing } from "../page.tsx";
import type { Finding } from "./integrity-types.ts";

const POLL = 5_000;
/** As much of a digest as tells it from others. */
const SHORT = "sha256:".length + 12;

function Kind({ finding }: { readonly finding: Finding }) {
  const { t } = useTranslation();
  const { kind, closedAt } = finding;
  const colour = closedAt !== null ? "gray" : kind === "unreadable" ? "orange" : "red";
  return (
    <Stack gap={4} align="flex-start">
      <Badge variant="dot" color={colour} tt="none">
        {t(`integrity.kinds.${kind}`)}
      </Badge>
      {closedAt === null && (
        <Text size="xs" c="dimmed" maw={320}>
          {t(`integrity.advice.${kind}`)}
        </Text>
      )}
    </Stack>
  );
}

/** What was found wrong with stored content, and what to do about it. */
export function Findings() {
  const { t } = useTranslation();
  const { search } = useListSearch();
  const which = search.which ?? "";
  const open = which === "open" ? "true" : which === "ended" ? "false" : "";
  const list = useList<Finding>("integrity", "/integrity/findings", { open }, { poll: POLL });
  return (
    <ListTable
      label={t("integrity.findings")}
      list={list}
      keyOf={({ id }) => id}
      nameOf={({ digest }) => digest}
      filters={
        <ChoiceFilter
          name="which"
          label={t("integrity.which")}
          choices={[
            { value: "open", label: t("integrity.whichOpen") },
            { value: "ended", label: t("integrity.whichEnded") },
          ]}
        />
      }
      columns={[
        {
          id: "kind",
          title: t("integrity.kind"),
          isFixed: true,
          cell: (finding) => <Kind finding={finding} />,
        },
        {
          id: "digest",
          title: t("integrity.digest"),
          cell: ({ object, digest }) => (
            <>
              <Text size="xs" c="dimmed">
                {t(`integrity.objects.${object}`)}
              </Text>
              <span title={digest}>{digest.slice(0, SHORT)}</span>
            </>
          ),
        },
        {
          id: "repositories",
          title: t("integrity.repositories"),
          cell: ({ repositories }) =>
            repositories.length === 0 ? t("integrity.nowhere") : repositories.join(", "),
        },
        {
          id: "found",
          title: t("integrity.foundAt"),
          cell: ({ foundAt }) => <Time at={foundAt} />,
        },
        {
          id: "ended",
          title: t("integrity.ended"),
          cell: ({ closedAt, closedAs }) =>
            closedAt === null || closedAs === null ? (
              "–"
            ) : (
              <>
                <Time at={closedAt} />
                <Text size="xs" c="dimmed">
                  {t(`integrity.endedAs.${closedAs}`)}
                </Text>
              </>
            ),
        },
      ]}
      empty={<Nothing words={t("integrity.none")} />}
    />
  );
}
