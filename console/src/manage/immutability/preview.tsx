import { List, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { under } from "../scope.ts";
import type { RuleFields } from "./rule-fields.tsx";

/** As many as show what a pattern means. */
const SHOWN = 12;

interface Props {
  readonly project: string;
  readonly value: RuleFields;
}

/** What a rule would make immutable of what there is, while it is being written. */
export function Preview({ project, value }: Props) {
  const { t } = useTranslation();
  const [{ repositories, tags, exceptTags }] = useDebouncedValue(value, 300);
  const query = new URLSearchParams({ limit: String(SHOWN) });
  if (repositories.trim() !== "") query.set("repositories", repositories.trim());
  if (tags.trim() !== "") query.set("tags", tags.trim());
  if (exceptTags.length > 0) query.set("exceptTags", exceptTags.join(","));
  const path = `${under(project, "/immutable-tags")}?${query}`;
  const found = useQuery({
    queryKey: ["immutable-tags", path],
    queryFn: () => call<Page<Schemas["ImmutableTag"]>>("GET", path),
    placeholderData: keepPreviousData,
  });
  const { items = [], next = null } = found.data ?? {};
  return (
    <section aria-label={t("immutability.preview")} aria-live="polite">
      <Text size="sm" fw={500}>
        {t("immutability.preview")}
      </Text>
      <ProblemAlert error={found.error} />
      {found.isSuccess && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(next === null ? "immutability.previewNone" : "immutability.previewMore")}
        </Text>
      )}
      <List size="sm" listStyleType="none">
        {items.map(({ repository, tag }) => (
          <List.Item key={`${repository}:${tag}`} className="wraps">
            {`${repository}:${tag}`}
          </List.Item>
        ))}
      </List>
      {items.length > 0 && next !== null && (
        <Text size="sm" c="dimmed">
          {t("immutability.previewMore")}
        </Text>
      )}
    </section>
  );
}
