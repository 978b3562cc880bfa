import { Button, Group, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RetentionPolicy } from "../../api/manage-types.ts";
import { Conflict, type Difference } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";
import { under } from "../scope.ts";
import { isWhole, type Rule } from "./conditions.ts";
import { Preview } from "./preview.tsx";
import { RuleFields } from "./rule-fields.tsx";

interface Fields {
  readonly name: string;
  readonly repositories: readonly string[];
  readonly cron: string;
  readonly timeZone: string;
  readonly rules: readonly Rule[];
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function firstFields(): Fields {
  const rules: Rule[] = [
    { action: "keep", newest: { count: 10, by: "pushed", per: "repository" } },
    { action: "delete", olderThanDays: 90 },
  ];
  return { name: "", repositories: ["**"], cron: "", timeZone: zone(), rules };
}

function fieldsOf({ name, repositories, schedule, rules }: RetentionPolicy): Fields {
  const { cron = "", timeZone = zone() } = schedule ?? {};
  return { name, repositories, cron, timeZone, rules };
}

function bodyOf({ name, repositories, cron, timeZone, rules }: Fields) {
  const schedule = cron.trim() === "" ? null : { cron: cron.trim(), timeZone: timeZone.trim() };
  return { name: name.trim(), repositories, rules, schedule };
}

interface InputsProps {
  readonly project: string;
  readonly policyId: string | null;
  readonly value: Fields;
  readonly set: (change: Partial<Fields>) => void;
}

function Inputs({ project, policyId, value, set }: InputsProps) {
  const { t } = useTranslation();
  const { rules, repositories } = value;
  const isReady = rules.length > 0 && repositories.length > 0 && rules.every(isWhole);
  return (
    <>
      <TextInput
        label={t("retention.name")}
        required
        maxLength={64}
        value={value.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TagsInput
        label={t("retention.repositories")}
        description={t("retention.repositoriesHint", { project })}
        value={[...repositories]}
        onChange={(given) => set({ repositories: given })}
      />
      <Group grow align="flex-start">
        <TextInput
          label={t("retention.cron")}
          description={t("retention.cronHint")}
          spellCheck={false}
          value={value.cron}
          onChange={(event) => set({ cron: event.currentTarget.value })}
        />
        <TextInput
          label={t("retention.timeZone")}
          description={t("retention.timeZoneHint")}
          spellCheck={false}
          value={value.timeZone}
          onChange={(event) => set({ timeZone: event.currentTarget.value })}
        />
      </Group>
      {rules.map((rule, at) => (
        <RuleFields
          key={at}
          place={at + 1}
          rule={rule}
          set={(given) => set({ rules: rules.map((each, place) => (place === at ? given : each)) })}
          onRemove={() => set({ rules: rules.filter((_, place) => place !== at) })}
        />
      ))}
      <Group>
        <Button
          variant="default"
          onClick={() => set({ rules: [...rules, { action: "keep", tags: [] }] })}
        >
          {t("retention.addRule")}
        </Button>
      </Group>
      <Preview
        project={project}
        policyId={policyId}
        terms={isReady ? { repositories, rules } : null}
      />
    </>
  );
}

interface Props {
  readonly project: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function NewPolicy({ project, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { value, set, reset } = useDraft<Fields>(`retention:${project}`, firstFields());
  const path = under(project, "/retention-policies");
  const create = useCreate<object, RetentionPolicy>(path, () => {
    reset();
    onDone();
  });
  return (
    <FormDialog
      title={t("retention.create")}
      submit={t("retention.create")}
      isWide
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={() => create.change.mutate(bodyOf(value))}
      onClose={() => {
        reset();
        onClose();
      }}
    >
      <Inputs project={project} policyId={null} value={value} set={set} />
      {create.dialog}
    </FormDialog>
  );
}

export function EditPolicy({
  project,
  policy,
  onClose,
  onDone,
}: Props & { readonly policy: RetentionPolicy }) {
  const { t } = useTranslation();
  const before = fieldsOf(policy);
  const draft = useDraft<Fields>(`retention:${policy.id}:${policy.version}`, before);
  const { value, set, reset } = draft;
  const end = (then: () => void) => {
    reset();
    then();
  };
  const path = under(project, `/retention-policies/${policy.id}`);
  const edit = useEdit<RetentionPolicy, object>(path, () => end(onDone));
  const send = (version: number) => edit.change.mutate({ body: bodyOf(value), version });
  function differences(now: RetentionPolicy): Difference[] {
    const theirs = fieldsOf(now);
    const text = (fields: Fields, field: keyof Fields) =>
      typeof fields[field] === "string" ? String(fields[field]) : JSON.stringify(fields[field]);
    const all = ["name", "repositories", "cron", "timeZone", "rules"] as const;
    return all.map((field) => ({
      label: t(`retention.${field}`),
      before: text(before, field),
      theirs: text(theirs, field),
      mine: text(value, field),
    }));
  }
  const { theirs } = edit;
  return (
    <FormDialog
      title={t("edit.title", { name: policy.name })}
      submit={t("app.save")}
      isWide
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(policy.version)}
      onClose={() => end(onClose)}
    >
      <Inputs project={project} policyId={policy.id} value={value} set={set} />
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={differences(theirs)}
          isPending={edit.change.isPending}
          onTheirs={() => end(onDone)}
          onMine={() => send(theirs.version)}
          onClose={edit.settle}
        />
      )}
    </FormDialog>
  );
}
