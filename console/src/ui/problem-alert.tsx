import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client.ts";

/** What went wrong and the way out, in the reader's language. */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const isProblem = error instanceof Problem;
  const words =
    isProblem && error.code === "unreachable"
      ? t("app.unreachable")
      : (isProblem && error.message) || t("app.failed");
  return (
    <Alert color="red" role="alert" title={words}>
      {isProblem && error.help !== "" && <Text size="sm">{error.help}</Text>}
    </Alert>
  );
}
