import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSize } from "../../ui/figure.tsx";
import type { Growth } from "./storage-query.ts";

const DAY = 86_400_000;
/** With less time left it is time to act. */
const SOON = 14 * DAY;

/** The words that say when the disk is full, and whether that is soon. */
function useOutlook(): (growth: Growth) => { words: string; isSoon: boolean } {
  const { t, i18n } = useTranslation();
  const size = useSize();
  return ({ outlook, perDay, fullAt }) => {
    const date =
      fullAt === null
        ? ""
        : new Intl.DateTimeFormat(i18n.language, { dateStyle: "long", timeZone: "UTC" }).format(
            new Date(fullAt),
          );
    const words = t(`storage.outlooks.${outlook}`, {
      date,
      perDay: size(Math.max(0, perDay ?? 0)),
    });
    const isSoon = outlook === "full" || (fullAt !== null && fullAt - Date.now() < SOON);
    return { words, isSoon };
  };
}

/** When the disk is full; set apart where that is soon. */
export function Outlook({ growth }: { readonly growth: Growth }) {
  const { words, isSoon } = useOutlook()(growth);
  if (!isSoon) return <Text>{words}</Text>;
  return (
    <Alert color="orange" variant="outline">
      {words}
    </Alert>
  );
}
