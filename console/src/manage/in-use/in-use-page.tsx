import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { State } from "../../ui/state.tsx";
import { Time } from "../../ui/time.tsx";
import { useFigures } from "../figures.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Done, Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { InUseImages } from "./images.tsx";

type Source = Schemas["InUseSource"];

/** Where images are reported to run, by whom, and which places have fallen silent. */
export function InUsePage() {
  const { t } = useTranslation();
  const { number } = useFigures();
  const mayDelete = useMay(null)("in-use:delete");
  const list = useList<Source>("in-use", "/in-use");
  const refresh = useRefresh("in-use");
  const [said, setSaid] = useState("");
  const [shown, setShown] = useState<Source>();
  const [leaving, setLeaving] = useState<Source>();
  const act = useAct(() => {
    setSaid(t("inUse.deleted"));
    refresh();
  });

  function actions(source: Source) {
    const button = (words: string, onClick: () => void) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${words}: ${source.name}`}
        onClick={onClick}
      >
        {words}
      </Button>
    );
    return (
      <Group gap={4} justify="flex-end">
        {button(t("inUse.show"), () => setShown(source))}
        {mayDelete && button(t("edit.delete"), () => setLeaving(source))}
      </Group>
    );
  }

  return (
    <Page title={t("admin.inUse")} intro={t("inUse.intro")}>
      <ProblemAlert error={act.error} />
      <Done words={said} />
      <ListTable
        label={t("admin.inUse")}
        list={list}
        keyOf={({ name }) => name}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("inUse.source"),
            isFixed: true,
            order: ({ name }) => name,
            cell: ({ name }) => name,
          },
          {
            id: "images",
            title: t("inUse.images"),
            isFigure: true,
            order: ({ images }) => images,
            cell: ({ images }) => number(images),
          },
          {
            id: "reported",
            title: t("inUse.reported"),
            order: ({ reportedAt }) => reportedAt,
            cell: ({ reportedAt, isSilent }) => (
              <Group gap="xs">
                <Time at={reportedAt} />
                {isSilent && <State colour="orange" words={t("inUse.silent")} />}
              </Group>
            ),
          },
          {
            id: "by",
            title: t("inUse.by"),
            cell: ({ reportedBy }) => reportedBy?.name ?? <Text c="dimmed">–</Text>,
          },
          { id: "actions", title: t("list.actions"), isFigure: true, cell: actions },
        ]}
        empty={<Nothing words={t("inUse.none")} />}
      />
      {shown !== undefined && (
        <InUseImages source={shown.name} onClose={() => setShown(undefined)} />
      )}
      {leaving !== undefined && (
        <Ask
          title={t("edit.deleteTitle", { name: leaving.name })}
          words={t("inUse.deleteIntro")}
          yes={t("edit.delete")}
          onYes={() => {
            setSaid("");
            act.change.mutate({ method: "DELETE", path: `/in-use/${leaving.name}` });
            setLeaving(undefined);
          }}
          onNo={() => setLeaving(undefined)}
        />
      )}
      {act.dialog}
    </Page>
  );
}
