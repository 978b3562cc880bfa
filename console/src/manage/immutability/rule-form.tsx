import { useTranslation } from "react-i18next";
import type { ImmutabilityRule } from "../../api/manage-types.ts";
import { Conflict, type Difference } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";
import { under } from "../scope.ts";
import { Preview } from "./preview.tsx";
import { bodyOf, fieldsOf, type RuleFields, RuleInputs, TEXTS } from "./rule-fields.tsx";

interface Props {
  readonly project: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const EVERYTHING: RuleFields = { name: "", repositories: "**", tags: "*", exceptTags: [] };

export function NewRule({ project, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const { value, set, reset } = useDraft<RuleFields>(`immutability:${project}`, EVERYTHING);
  const create = useCreate<object, ImmutabilityRule>(under(project, "/immutability-rules"), () => {
    reset();
    onDone();
  });
  return (
    <FormDialog
      title={t("immutability.create")}
      submit={t("immutability.create")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={() => create.change.mutate(bodyOf(value))}
      onClose={() => {
        reset();
        onClose();
      }}
    >
      <RuleInputs project={project} value={value} set={set} />
      <Preview project={project} value={value} />
      {create.dialog}
    </FormDialog>
  );
}

export function EditRule({
  project,
  rule,
  onClose,
  onDone,
}: Props & { readonly rule: ImmutabilityRule }) {
  const { t } = useTranslation();
  const before = fieldsOf(rule);
  const draft = useDraft<RuleFields>(`immutability:${rule.id}:${rule.version}`, before);
  const { value, set, reset } = draft;
  const path = under(project, `/immutability-rules/${rule.id}`);
  const end = (then: () => void) => {
    reset();
    then();
  };
  const edit = useEdit<ImmutabilityRule, object>(path, () => end(onDone));
  const send = (version: number) => edit.change.mutate({ body: bodyOf(value), version });
  function differences(now: ImmutabilityRule): Difference[] {
    const theirs = fieldsOf(now);
    return [...TEXTS, "exceptTags" as const].map((field) => ({
      label: t(`immutability.${field}`),
      before: String(before[field]),
      theirs: String(theirs[field]),
      mine: String(value[field]),
    }));
  }
  const { theirs } = edit;
  return (
    <FormDialog
      title={t("edit.title", { name: rule.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(rule.version)}
      onClose={() => end(onClose)}
    >
      <RuleInputs project={project} value={value} set={set} />
      <Preview project={project} value={value} />
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
