import { Anchor, Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { State } from "../../ui/state.tsx";
import { Time } from "../../ui/time.tsx";
import { ChoiceFilter, TextFilter, TimeFilter } from "../list/filters.tsx";
import { type ListSearch, useListSearch } from "../list/list-search.ts";
import { type ListColumn, ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { fromLocal } from "../local-time.ts";
import { Nothing, Page } from "../page.tsx";
import { type Scope, under } from "../scope.ts";
import { useActWords } from "./acts.ts";
import { EntryDialog } from "./entry-dialog.tsx";
import { VerifyLog } from "./verify-log.tsx";

const RESULTS = ["done", "denied", "failed"] as const;
const COLOURS = { done: "teal", denied: "red", failed: "orange" } as const;

/** What the server is asked for by what stands in the address. */
function askedOf({ actor, action, objectName, result, address, from, to }: ListSearch): ListSearch {
  const time = (text: string | undefined) => fromLocal(text ?? "")?.toString();
  return { actor, action, objectName, result, address, from: time(from), to: time(to) };
}

function exportUrl(scope: Scope, format: "csv" | "ndjson", asked: ListSearch): string {
  const query = new URLSearchParams({ format });
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, value);
  return `/api/v1${under(scope, "/audit/export")}?${query}`;
}

/** Who did what: of the installation, or what happened in a project. */
export function AuditPage({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const actWords = useActWords();
  const may = useMay(null);
  const { search, change } = useListSearch();
  const asked = askedOf(search);
  const list = useList<AuditEntry>("audit", under(scope, "/audit"), asked);
  const [shown, setShown] = useState<AuditEntry>();
  const columns: readonly ListColumn<AuditEntry>[] = [
    {
      id: "what",
      title: t("audit.what"),
      isFixed: true,
      cell: (entry) => (
        <button type="button" className="link" onClick={() => setShown(entry)}>
          {`${entry.actor.name} ${actWords(entry.action)}`}
          {entry.object.name !== null && <span className="fact">{entry.object.name}</span>}
        </button>
      ),
    },
    {
      id: "result",
      title: t("audit.result"),
      cell: ({ result, reason }) => (
        <>
          <State colour={COLOURS[result]} words={t(`audit.results.${result}`)} />
          {reason !== null && <span className="fact">{reason}</span>}
        </>
      ),
    },
    { id: "at", title: t("audit.at"), cell: ({ at }) => <Time at={at} /> },
    { id: "address", title: t("audit.address"), cell: ({ address }) => address ?? "–" },
    {
      id: "more",
      title: t("list.actions"),
      isFigure: true,
      cell: ({ actor }) => (
        <button
          type="button"
          className="link small"
          onClick={() => change({ actor: search.actor === actor.id ? "" : actor.id })}
        >
          {search.actor === actor.id
            ? t("audit.everybody")
            : t("audit.onlyBy", { name: actor.name })}
        </button>
      ),
    },
  ];
  return (
    <Page
      title={t(scope === null ? "admin.audit" : "admin.activity")}
      intro={t(scope === null ? "audit.intro" : "audit.projectIntro")}
      actions={(["csv", "ndjson"] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          component="a"
          href={exportUrl(scope, format, asked)}
          download
        >
          {t("audit.export", { format: format === "csv" ? "CSV" : "JSON" })}
        </Button>
      ))}
    >
      {scope === null && may("audit:read") && <VerifyLog />}
      <ListTable
        label={t("admin.audit")}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        nameOf={({ action }) => action}
        filters={
          <>
            <TextFilter name="action" label={t("audit.action")} />
            <TextFilter name="objectName" label={t("audit.object")} />
            <TextFilter name="address" label={t("audit.address")} />
            <ChoiceFilter
              name="result"
              label={t("audit.result")}
              choices={RESULTS.map((value) => ({ value, label: t(`audit.results.${value}`) }))}
            />
            <TimeFilter name="from" label={t("audit.from")} />
            <TimeFilter name="to" label={t("audit.to")} />
          </>
        }
        empty={<Nothing words={t("audit.none")} />}
      />
      {search.actor !== undefined && (
        <Group>
          <Anchor component="button" size="sm" onClick={() => change({ actor: "" })}>
            {t("audit.everybody")}
          </Anchor>
        </Group>
      )}
      {shown !== undefined && <EntryDialog entry={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}
