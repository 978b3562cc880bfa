import { Code, Stack, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../../api/manage-types.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Time } from "../../ui/time.tsx";
import { useActWords } from "./acts.ts";

interface Props {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** All that the log has about one thing that happened. */
export function EntryDialog({ entry, onClose }: Props) {
  const { t } = useTranslation();
  const actWords = useActWords();
  const { actor, action, object, at, via, address, result, reason, details } = entry;
  const rows = [
    [t("audit.at"), <Time key="at" at={at} />],
    [t("audit.actor"), `${actor.name} (${actor.kind})`],
    [t("audit.action"), action],
    [t("audit.object"), `${object.kind} ${object.name ?? object.id ?? ""}`],
    [t("audit.result"), t(`audit.results.${result}`)],
    [t("audit.reason"), reason ?? "–"],
    [t("audit.via"), via],
    [t("audit.address"), address ?? "–"],
  ] as const;
  return (
    <Dialog title={`${actor.name} ${actWords(action)}`} onClose={onClose}>
      <Stack>
        <Table>
          <Table.Tbody>
            {rows.map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th scope="row">{label}</Table.Th>
                <Table.Td className="list-cell">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Code block className="wraps" tabIndex={0}>
          {JSON.stringify(details, null, 2)}
        </Code>
      </Stack>
    </Dialog>
  );
}
