import { Badge, Button, Table, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Factor } from "../api/types.ts";
import { Time } from "../ui/time.tsx";

interface Props {
  readonly factors: readonly Factor[];
  readonly onRemove: (factor: Factor) => void;
}

export function FactorsTable({ factors, onRemove }: Props) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={480} w="100%">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("tokens.name")}</Table.Th>
            <Table.Th>{t("factors.added")}</Table.Th>
            <Table.Th>{t("factors.used")}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t("app.actions")}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {factors.map((factor) => (
            <Table.Tr key={factor.id}>
              <Table.Td>
                {factor.name}{" "}
                <Badge variant="light" tt="none">
                  {t(`factors.kind.${factor.kind}`)}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Time at={factor.createdAt} />
              </Table.Td>
              <Table.Td>
                <Time at={factor.lastUsedAt} />
              </Table.Td>
              <Table.Td>
                <Button
                  variant="subtle"
                  color="red"
                  size="compact-sm"
                  aria-label={`${t("app.remove")}: ${factor.name}`}
                  onClick={() => onRemove(factor)}
                >
                  {t("app.remove")}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
