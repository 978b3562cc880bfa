import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { QuotaReport } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { useSize } from "../../ui/figure.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../page.tsx";
import { PlainTable } from "../run/plain-table.tsx";
import { useRefresh } from "../save.ts";
import { under } from "../scope.ts";
import { LimitsForm } from "./limits-form.tsx";
import { quotaQuery } from "./quota-query.ts";
import { Usage } from "./usage-bar.tsx";

function Report({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const size = useSize();
  const query = useQuery({
    queryKey: ["quota", project, "report"],
    queryFn: () => call<QuotaReport>("GET", under(project, "/quota/report")),
  });
  return (
    <Loaded query={query}>
      {({ largest, trash, untagged, unnamed }) => (
        <PlainTable
          label={t("quota.report")}
          head={[t("quota.report"), t("quota.used")]}
          rows={[
            ...largest.map(({ repository, bytes }) => ({
              key: repository,
              cells: [repository, size(bytes)],
            })),
            { key: ":trash", cells: [t("quota.trash"), size(trash)] },
            { key: ":untagged", cells: [t("quota.untagged"), size(untagged)] },
            { key: ":unnamed", cells: [t("quota.unnamed"), size(unnamed)] },
          ]}
        />
      )}
    </Loaded>
  );
}

/** What a project uses and by what, and its limits for whoever sets them. */
export function QuotaSection({ project }: { readonly project: string }) {
  const { t } = useTranslation();
  const maySee = useMay(project)("quota:read");
  const mayChange = useMay(null)("quota:write");
  const query = useQuery({ ...quotaQuery(project), enabled: maySee });
  const refresh = useRefresh("quota");
  const [isChanging, setChanging] = useState(false);
  if (!maySee) return null;
  return (
    <Section
      title={t("quota.title")}
      intro={t("quota.intro")}
      actions={
        mayChange && (
          <Button variant="default" size="sm" onClick={() => setChanging(true)}>
            {t("quota.change")}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(quota) => (
          <>
            <Usage quota={quota} />
            <Report project={project} />
            {isChanging && (
              <LimitsForm
                title={t("quota.changeTitle", { name: project })}
                path={under(project, "/quota")}
                limits={quota.limits}
                version={quota.version}
                onClose={() => setChanging(false)}
                onDone={() => {
                  setChanging(false);
                  refresh();
                }}
              />
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}
