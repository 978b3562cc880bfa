import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Factor } from "../api/types.ts";
import { Entry, Fact } from "../ui/entry.tsx";
import { Time } from "../ui/time.tsx";

interface Props {
  readonly factor: Factor;
  readonly onRemove: () => void;
}

export function FactorEntry({ factor, onRemove }: Props) {
  const { t } = useTranslation();
  const action = (
    <Button
      variant="light"
      color="red"
      size="compact-sm"
      aria-label={`${t("app.remove")}: ${factor.name}`}
      onClick={onRemove}
    >
      {t("app.remove")}
    </Button>
  );
  return (
    <Entry name={factor.name} badge={t(`factors.kind.${factor.kind}`)} action={action}>
      <Fact>
        {t("factors.added")}: <Time at={factor.createdAt} />
      </Fact>
      <Fact>
        {t("factors.used")}: <Time at={factor.lastUsedAt} />
      </Fact>
    </Entry>
  );
}
