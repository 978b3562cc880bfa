import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client.ts";
import { NoPasskey } from "../api/passkey.ts";

/** The server's words begin small, as parts of sentences do. */
const capital = (words: string) => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

/** What went wrong and the way out, in the reader's language. */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  if (error instanceof NoPasskey) {
    return <Alert color="yellow" role="alert" title={t("app.noPasskey")} />;
  }
  const isProblem = error instanceof Problem;
  const words =
    isProblem && error.code === "unreachable"
      ? t("app.unreachable")
      : (isProblem && capital(error.message)) || t("app.failed");
  return (
    <Alert color="red" role="alert" title={words}>
      {isProblem && error.help !== "" && <Text size="sm">{error.help}</Text>}
    </Alert>
  );
}
