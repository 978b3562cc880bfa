import { Badge, Code, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { en } from "../../i18n/en.ts";
import { Time } from "../../ui/time.tsx";
import type { Item, Run } from "./use-preview.ts";

const COLORS = { going: "red", gone: "red", left: "yellow", spared: "blue", kept: "gray" } as const;

type CauseKey = keyof typeof en.retention.cause;

/** Why a tag or a manifest goes or stays, in the reader's words. */
function useWhy(rules: Run["rules"]): (item: Item) => string {
  const { t, i18n } = useTranslation();
  const ruleName = (place: number) => {
    const rule = rules[place];
    const number = place + 1;
    if (rule === undefined || rule.isOwn) return t("retention.byRule", { place: number });
    return t("retention.byOther", { policy: rule.policy });
  };
  return ({ cause, rule, against }) => {
    if (cause === "rule" && rule !== null) return ruleName(rule);
    const key = cause.replace(/\W/g, "_") as CauseKey;
    const words = i18n.exists(`retention.cause.${key}`) ? t(`retention.cause.${key}`) : cause;
    return against === null ? words : `${words} (${ruleName(against)})`;
  };
}

interface Props {
  readonly label: string;
  readonly items: readonly Item[];
  readonly rules: Run["rules"];
}

/** Tags and manifests of a run or a preview, and why each goes or stays. */
export function Items({ label, items, rules }: Props) {
  const { t } = useTranslation();
  const why = useWhy(rules);
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("retention.what")}</Table.Th>
            <Table.Th>{t("retention.outcome")}</Table.Th>
            <Table.Th>{t("retention.why")}</Table.Th>
            <Table.Th>{t("retention.pushed")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.seq}>
              <Table.Td>
                {item.tag === null ? (
                  <Code className="wraps">{`${item.repository}@${item.digest.slice(0, 19)}…`}</Code>
                ) : (
                  <Text size="sm" className="wraps">{`${item.repository}:${item.tag}`}</Text>
                )}
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={COLORS[item.outcome]}>
                  {t(`retention.outcomes.${item.outcome}`)}
                </Badge>
              </Table.Td>
              <Table.Td>{why(item)}</Table.Td>
              <Table.Td>
                <Time at={item.pushedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
