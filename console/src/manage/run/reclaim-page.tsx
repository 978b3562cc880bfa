import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Time } from "../../ui/time.tsx";
import { Figure, Figures } from "../figure-card.tsx";
import { useFigures } from "../figures.ts";
import { Done, Nothing, Page, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { PlainTable } from "./plain-table.tsx";

type Status = Schemas["ReclaimStatus"];

const WAITING = [
  "untagged",
  "trashed",
  "links",
  "blobs",
  "copies",
  "repositories",
  "repositoryManifests",
] as const;
const TODAY = ["trashed", "manifests", "links", "blobs"] as const;

function Counters({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { number, size } = useFigures();
  const { waiting, today } = status;
  return (
    <>
      <Section title={t("reclaim.waiting")} intro={t("reclaim.waitingIntro")}>
        <Figures isWide>
          {WAITING.map((key) => (
            <Figure key={key} label={t(`reclaim.kinds.${key}`)} value={number(waiting[key])} />
          ))}
          <Figure label={t("reclaim.waitingBytes")} value={size(waiting.bytes)} />
          <Figure label={t("reclaim.repositoryBytes")} value={size(waiting.repositoryBytes)} />
        </Figures>
      </Section>
      <Section title={t("reclaim.today")} intro={t("reclaim.todayIntro")}>
        <Figures isWide>
          {TODAY.map((key) => (
            <Figure key={key} label={t(`reclaim.done.${key}`)} value={number(today[key])} />
          ))}
          <Figure label={t("reclaim.bytes")} value={size(today.bytes)} />
        </Figures>
      </Section>
    </>
  );
}

function Nodes({ nodes }: Pick<Status, "nodes">) {
  const { t } = useTranslation();
  return (
    <Section title={t("reclaim.nodes")}>
      {nodes.length === 0 ? (
        <Nothing words={t("reclaim.noNodes")} />
      ) : (
        <PlainTable
          isText
          label={t("reclaim.nodes")}
          head={[t("reclaim.node"), t("reclaim.swept"), t("reclaim.error")]}
          rows={nodes.map(({ node, sweptAt, error }) => ({
            key: node,
            cells: [node, <Time key="swept" at={sweptAt} />, error ?? "–"],
          }))}
        />
      )}
    </Section>
  );
}

/** How space comes back, and whether it may. */
export function ReclaimPage() {
  const { t } = useTranslation();
  const mayChange = useMay(null)("system:update");
  const refresh = useRefresh("reclaim");
  const [said, setSaid] = useState("");
  const [words, setWords] = useState("");
  const act = useAct(() => {
    setSaid(words);
    refresh();
  });
  const query = useQuery({
    queryKey: ["reclaim"],
    queryFn: () => call<Status>("GET", "/reclaim"),
    refetchInterval: 10_000,
  });
  const send = (verb: "pause" | "resume" | "run") => {
    setSaid("");
    setWords(t(`reclaim.said.${verb}`));
    act.change.mutate({ method: "POST", path: `/reclaim/${verb}` });
  };
  const isPaused = query.data?.paused !== null;
  const actions = mayChange && query.data !== undefined && (
    <>
      <Button variant="default" disabled={isPaused} onClick={() => send("run")}>
        {t("reclaim.run")}
      </Button>
      <Button variant="default" onClick={() => send(isPaused ? "resume" : "pause")}>
        {t(isPaused ? "reclaim.resume" : "reclaim.pause")}
      </Button>
    </>
  );
  return (
    <Page title={t("admin.reclaim")} intro={t("reclaim.intro")} actions={actions}>
      <ProblemAlert error={act.error} />
      <Done words={said} />
      <Loaded query={query}>
        {(status) => (
          <Stack gap="lg">
            {status.paused !== null && (
              <Alert color="yellow" variant="light" title={t("reclaim.paused")} role="note">
                {t("reclaim.pausedBy", { name: status.paused.by })} <Time at={status.paused.at} />
              </Alert>
            )}
            {!status.isEnabled && (
              <Alert color="yellow" variant="light" role="note">
                {t("reclaim.disabled")}
              </Alert>
            )}
            <Group gap="xs">
              <Text c="dimmed">{t("reclaim.next")}</Text>
              {status.nextDue === null ? (
                <Text>{t("reclaim.none")}</Text>
              ) : (
                <Time at={status.nextDue} />
              )}
            </Group>
            <Counters status={status} />
            <Nodes nodes={status.nodes} />
          </Stack>
        )}
      </Loaded>
      {act.dialog}
    </Page>
  );
}
