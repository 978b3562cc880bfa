import { Autocomplete, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { useMay } from "../../api/rights.ts";
import type { Page } from "../../api/types.ts";
import { type Scope, under } from "../scope.ts";

export const SUBJECTS = ["user", "robot", "group", "authenticated", "everyone"] as const;
export type SubjectChoice = (typeof SUBJECTS)[number];

export const isNamed = (kind: SubjectChoice) => kind !== "authenticated" && kind !== "everyone";

/** How the API calls it. */
export function subjectBody(kind: SubjectChoice, name: string) {
  if (!isNamed(kind)) return { kind };
  return { kind: kind === "group" ? "group" : "principal", name: name.trim() };
}

const LISTS = { user: ["/users", "user:read"], group: ["/groups", "group:read"] } as const;

/** Names that begin so, where the reader may list them; elsewhere names are typed. */
export function useNames(scope: Scope, kind: SubjectChoice, typed: string): readonly string[] {
  const [prefix] = useDebouncedValue(typed.trim(), 200);
  const mayHere = useMay(scope);
  const maySystem = useMay(null);
  const isRobot = kind === "robot";
  const [path, right] = isRobot
    ? ([under(scope, "/robots"), "robot:read"] as const)
    : kind === "user" || kind === "group"
      ? LISTS[kind]
      : (["", ""] as const);
  const may = isRobot ? mayHere(right) : maySystem(right);
  const { data } = useQuery({
    queryKey: ["names", path, prefix],
    queryFn: () =>
      call<Page<{ name: string }>>("GET", `${path}?limit=20&name=${encodeURIComponent(prefix)}`),
    enabled: may && path !== "",
  });
  return data?.items.map(({ name }) => name) ?? [];
}

interface Props {
  readonly scope: Scope;
  readonly kind: SubjectChoice;
  readonly name: string;
  readonly onChange: (change: { kind?: SubjectChoice; name?: string }) => void;
}

/** Who gets a role. */
export function SubjectField({ scope, kind, name, onChange }: Props) {
  const { t } = useTranslation();
  const names = useNames(scope, kind, name);
  return (
    <>
      <Select
        label={t("members.who")}
        data={SUBJECTS.map((value) => ({ value, label: t(`members.kinds.${value}`) }))}
        value={kind}
        onChange={(value) =>
          onChange({ kind: SUBJECTS.find((each) => each === value) ?? "user", name: "" })
        }
        allowDeselect={false}
      />
      {isNamed(kind) && (
        <Autocomplete
          label={t("members.name")}
          description={kind === "robot" ? t("members.robotHint") : undefined}
          required
          data-autofocus
          openOnFocus={false}
          maxLength={200}
          spellCheck={false}
          autoCapitalize="none"
          data={[...names]}
          value={name}
          onChange={(value) => onChange({ name: value })}
        />
      )}
    </>
  );
}
