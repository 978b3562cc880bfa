import { Alert, Button, Code, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Done, Page, Section } from "../page.tsx";
import { useAct } from "../save.ts";

/** The keys that this installation signs with. */
export function KeysPage() {
  const { t } = useTranslation();
  const mayRead = useMay(null)("audit:read");
  const [asking, setAsking] = useState<"rotate" | "distrust">();
  const [said, setSaid] = useState("");
  const rotate = useAct(() => setSaid(t("keys.rotated")));
  const query = useQuery({
    queryKey: ["audit-key"],
    queryFn: () => call<Readonly<Record<string, unknown>>>("GET", "/audit/key"),
    enabled: mayRead,
  });
  return (
    <Page title={t("admin.keys")}>
      <Section title={t("keys.tokens")} intro={t("keys.tokensIntro")}>
        <ProblemAlert error={rotate.error} />
        <Done words={said} />
        <Group>
          <Button variant="default" onClick={() => setAsking("rotate")}>
            {t("keys.rotate")}
          </Button>
          <Button color="red" variant="light" onClick={() => setAsking("distrust")}>
            {t("keys.distrust")}
          </Button>
        </Group>
      </Section>
      {mayRead && (
        <Section title={t("keys.audit")} intro={t("keys.auditIntro")}>
          <Loaded query={query}>
            {(key) => {
              const text = JSON.stringify(key, null, 2);
              return (
                <Stack>
                  <Code block className="wraps" tabIndex={0}>
                    {text}
                  </Code>
                  <CopyButton text={text} />
                </Stack>
              );
            }}
          </Loaded>
        </Section>
      )}
      <Alert variant="light" color="gray" role="note">
        {t("keys.note")}
      </Alert>
      {asking !== undefined && (
        <Ask
          title={t(`keys.${asking}`)}
          words={t(`keys.intros.${asking}`)}
          yes={t(`keys.${asking}`)}
          onYes={() => {
            setSaid("");
            setAsking(undefined);
            const body = { distrust: asking === "distrust" };
            rotate.change.mutate({ method: "POST", path: "/signing-keys/rotate", body });
          }}
          onNo={() => setAsking(undefined)}
        />
      )}
      {rotate.dialog}
    </Page>
  );
}
