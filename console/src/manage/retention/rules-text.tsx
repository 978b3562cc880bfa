import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Rule } from "./conditions.ts";

/** The rules of a policy, a line each. */
export function RulesText({ rules }: { readonly rules: readonly Rule[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2}>
      {rules.map((rule, at) => {
        const { action, note, ...conditions } = rule;
        const text = JSON.stringify(conditions).slice(1, -1).replaceAll('"', "");
        return (
          <Text key={at} size="sm" className="wraps">{`${t(`retention.${action}`)}: ${text}`}</Text>
        );
      })}
    </Stack>
  );
}
