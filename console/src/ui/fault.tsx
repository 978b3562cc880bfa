import { Button, Center, Stack } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./problem-alert.tsx";

/** In the place of a page that could not be shown: why, and another try. */
export function Fault({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <Center mih="60vh" p="md" component="main">
      <Stack align="flex-start" maw={420}>
        <ProblemAlert error={error} />
        <Button variant="default" onClick={() => void router.invalidate()}>
          {t("app.retry")}
        </Button>
      </Stack>
    </Center>
  );
}
