import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatSize, parseSize } from "../../../../src/config/units.ts";
import type { QuotaLimits } from "../../api/manage-types.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useAct } from "../save.ts";

const FIELDS = [
  "bytes",
  "bytesWarn",
  "repositories",
  "repositoriesWarn",
  "tags",
  "tagsWarn",
] as const;
type Field = (typeof FIELDS)[number];
type Typed = Readonly<Record<Field, string>>;

const isSize = (field: Field) => field === "bytes" || field === "bytesWarn";

function typedOf(limits: QuotaLimits): Typed {
  const entries = FIELDS.map((field) => {
    const value = limits[field];
    const text = value === null ? "" : isSize(field) ? formatSize(value) : String(value);
    return [field, text] as const;
  });
  return Object.fromEntries(entries) as Typed;
}

/** A limit as it was typed; undefined when it is none. */
function readLimit(field: Field, text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (isSize(field)) return parseSize(trimmed);
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : undefined;
}

interface Props {
  readonly title: string;
  readonly path: string;
  readonly limits: QuotaLimits;
  /** Where they have one: a change by somebody else meanwhile is not overwritten. */
  readonly version?: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Changes limits, of a project or of those to come. */
export function LimitsForm({ title, path, limits, version, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(() => typedOf(limits));
  const act = useAct(onDone);
  const read = FIELDS.map((field) => [field, readLimit(field, typed[field])] as const);
  const body = Object.fromEntries(read);
  const send = () =>
    act.change.mutate({
      method: "PATCH",
      path,
      body,
      ...(version === undefined ? {} : { version }),
    });
  return (
    <FormDialog
      title={title}
      submit={t("app.save")}
      isPending={act.change.isPending}
      error={act.error}
      canSubmit={read.every(([, value]) => value !== undefined)}
      onSubmit={send}
      onClose={onClose}
    >
      {read.map(([field, value]) => (
        <TextInput
          key={field}
          label={t(`quota.fields.${field}`)}
          description={t(isSize(field) ? "quota.sizeHint" : "quota.countHint")}
          maxLength={30}
          value={typed[field]}
          error={value === undefined ? t("quota.unreadable", { text: typed[field] }) : undefined}
          onChange={(event) => setTyped({ ...typed, [field]: event.currentTarget.value })}
        />
      ))}
      {act.dialog}
    </FormDialog>
  );
}
