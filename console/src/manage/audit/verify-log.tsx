import { Alert, Button, List, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { AuditVerdict } from "../../api/manage-types.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useFigures } from "../figures.ts";
import { useWords } from "../words.ts";

/** Checks that nobody changed the log since it was written. */
export function VerifyLog() {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const { number } = useFigures();
  const verify = useMutation({ mutationFn: () => call<AuditVerdict>("POST", "/audit/verify") });
  const verdict = verify.data;
  return (
    <Stack align="flex-start" gap="xs">
      <Button size="xs" variant="light" loading={verify.isPending} onClick={() => verify.mutate()}>
        {t("audit.verify")}
      </Button>
      <ProblemAlert error={verify.error} />
      {verdict !== undefined && (
        <Alert
          role="status"
          color={verdict.intact ? "teal" : "red"}
          variant="light"
          className="verdict"
          title={t(verdict.intact ? "audit.intact" : "audit.broken")}
        >
          {t("audit.verified", {
            rows: number(verdict.rows),
            chains: number(verdict.chains),
            checkpoints: number(verdict.checkpoints),
          })}
          {verdict.findings.length > 0 && (
            <List size="sm">
              {verdict.findings.map((finding, index) => (
                <List.Item key={`${index} ${finding.kind}`}>{wordsOf(finding)}</List.Item>
              ))}
            </List>
          )}
        </Alert>
      )}
    </Stack>
  );
}
