import { Button, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import { Loaded } from "../../ui/loaded.tsx";
import { useListSearch, useMaking } from "../list/list-search.ts";
import { Done, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { Findings } from "./findings.tsx";
import type { IntegrityState } from "./integrity-types.ts";
import { NewScrub } from "./new-scrub.tsx";
import { CurrentScrub, Scrubs, Standing } from "./scrubs.tsx";

const POLL = 3_000;

/** Whether stored content is what was pushed, and what to do where it is not. */
export function IntegrityPage() {
  const { t } = useTranslation();
  const may = useMay(null)("system:update");
  const { search, change } = useListSearch();
  const [isMaking, setMaking] = useMaking();
  const [said, setSaid] = useState("");
  const refresh = useRefresh("integrity");
  const state = useQuery({
    queryKey: ["integrity", "state"],
    queryFn: () => call<IntegrityState>("GET", "/integrity"),
    refetchInterval: POLL,
  });
  const tab = search.tab === "scrubs" ? "scrubs" : "findings";
  return (
    <Page
      title={t("admin.integrity")}
      intro={t("integrity.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("integrity.start")}</Button>}
    >
      <Done words={said} />
      <Loaded query={state}>
        {(data) => (
          <>
            <Standing state={data} />
            {data.current !== null && <CurrentScrub scrub={data.current} mayChange={may} />}
          </>
        )}
      </Loaded>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => change({ tab: value === "scrubs" ? value : "", open: "" })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="findings">{t("integrity.findings")}</Tabs.Tab>
          <Tabs.Tab value="scrubs">{t("integrity.scrubs")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="findings">
          <Findings />
        </Tabs.Panel>
        <Tabs.Panel value="scrubs">
          <Scrubs />
        </Tabs.Panel>
      </Tabs>
      {isMaking && (
        <NewScrub
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            setSaid(t("integrity.started"));
            refresh();
          }}
        />
      )}
    </Page>
  );
}
