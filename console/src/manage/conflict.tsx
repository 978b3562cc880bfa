import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/dialog.tsx";

/** One thing that two people may have changed, as each of them has it. */
export interface Difference {
  readonly label: string;
  readonly before: string;
  readonly theirs: string;
  readonly mine: string;
}

interface Props {
  readonly differences: readonly Difference[];
  readonly isPending: boolean;
  readonly onTheirs: () => void;
  readonly onMine: () => void;
  readonly onClose: () => void;
}

/** Somebody was quicker: what they changed beside what the reader wants, and the choice. */
export function Conflict({ differences, isPending, onTheirs, onMine, onClose }: Props) {
  const { t } = useTranslation();
  const shown = differences.filter(
    ({ before, theirs, mine }) => before !== theirs || before !== mine,
  );
  return (
    <Dialog title={t("edit.conflict")} onClose={onClose} closesOutside={false} isWide>
      <Stack>
        <Text size="sm">{t("edit.conflictIntro")}</Text>
        <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("edit.what")}</Table.Th>
                <Table.Th scope="col">{t("edit.theirs")}</Table.Th>
                <Table.Th scope="col">{t("edit.mine")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map(({ label, before, theirs, mine }) => (
                <Table.Tr key={label}>
                  <Table.Th scope="row">{label}</Table.Th>
                  <Table.Td fw={theirs === before ? 400 : 600}>
                    {theirs || t("edit.empty")}
                  </Table.Td>
                  <Table.Td fw={mine === before ? 400 : 600}>{mine || t("edit.empty")}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Group justify="flex-end">
          <Button variant="default" onClick={onTheirs} data-autofocus>
            {t("edit.takeTheirs")}
          </Button>
          <Button onClick={onMine} loading={isPending}>
            {t("edit.takeMine")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
