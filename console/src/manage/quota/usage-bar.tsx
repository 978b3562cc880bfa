import { Alert, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Quota } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { useSize } from "../../ui/figure.tsx";
import { quotaQuery } from "./quota-query.ts";

const COLORS = { free: "teal", warn: "orange", full: "red" } as const;

/** How much of its space a project uses; a warning where it is near its limits. */
export function Usage({ quota }: { readonly quota: Quota }) {
  const { t } = useTranslation();
  const size = useSize();
  const { limits, usage, level } = quota;
  const { bytes: limit } = limits;
  const used = size(usage.bytes);
  const words = limit === null ? used : t("quota.usedOf", { used, limit: size(limit) });
  const share = limit === null ? 0 : limit === 0 ? 100 : (usage.bytes / limit) * 100;
  return (
    <Stack gap="xs" maw={640}>
      {level !== "free" && (
        <Alert color={COLORS[level]} variant="outline" role="status">
          {t(level === "full" ? "quota.fullWords" : "quota.warnWords")}
        </Alert>
      )}
      <Group justify="space-between">
        <Text size="sm">{t("quota.used")}</Text>
        <Text size="sm">{words}</Text>
      </Group>
      {limit !== null && (
        <Progress
          value={Math.min(100, share)}
          color={COLORS[level]}
          aria-label={`${t("quota.used")}: ${words}`}
        />
      )}
    </Stack>
  );
}

/** The same for whoever may know; nothing for others, and nothing where there is no limit. */
export function UsageBar({ project }: { readonly project: string }) {
  const may = useMay(project)("quota:read");
  const { data } = useQuery({ ...quotaQuery(project), enabled: may });
  const hasLimits = data !== undefined && Object.values(data.limits).some((each) => each !== null);
  return hasLimits ? <Usage quota={data} /> : null;
}
