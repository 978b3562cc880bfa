import { Card, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Robot, TrustRule, TrustTemplate } from "../../api/manage-types.ts";
import type { Page } from "../../api/types.ts";
import { ConditionField } from "../access/bounds.tsx";
import { Conflict, type Difference } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { useWords } from "../words.ts";
import { type Blanks, filledRule, type RuleFields } from "./template-text.ts";

const TEXTS = ["name", "issuer", "jwksUrl", "audience", "subject"] as const;

interface FieldsProps {
  readonly value: RuleFields;
  readonly set: (change: Partial<RuleFields>) => void;
}

function RuleTexts({ value, set }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      {TEXTS.map((field) => (
        <TextInput
          key={field}
          label={t(`trust.${field}`)}
          description={t(`trust.${field}Hint`)}
          required={field !== "jwksUrl"}
          maxLength={2_048}
          spellCheck={false}
          autoCapitalize="none"
          value={value[field]}
          onChange={(event) => set({ [field]: event.currentTarget.value })}
        />
      ))}
      <ConditionField
        value={value.condition}
        onChange={(event) => set({ condition: event.currentTarget.value })}
      />
    </>
  );
}

const bodyOf = ({ name, issuer, jwksUrl, audience, subject, condition }: RuleFields) => ({
  name: name.trim(),
  issuer: issuer.trim(),
  jwksUrl: jwksUrl.trim() || null,
  audience: audience.trim(),
  subject: subject.trim(),
  condition: condition.trim() || null,
});

interface TemplateProps {
  readonly template: TrustTemplate;
  readonly blanks: Blanks;
  readonly onFill: (blanks: Blanks) => void;
}

function TemplateBlanks({ template, blanks, onFill }: TemplateProps) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  return (
    <Card withBorder>
      <Stack>
        <Text size="sm">{wordsOf(template.description)}</Text>
        {template.blanks.map(({ name, title, example }) => (
          <TextInput
            key={name}
            label={wordsOf(title)}
            placeholder={example}
            spellCheck={false}
            autoCapitalize="none"
            value={blanks[name] ?? ""}
            onChange={(event) => onFill({ ...blanks, [name]: event.currentTarget.value })}
          />
        ))}
        <Text size="sm" c="dimmed">
          {t("trust.claims")}
          {": "}
          {template.claims.map(({ name, title }) => `${name} (${wordsOf(title)})`).join(", ")}
        </Text>
      </Stack>
    </Card>
  );
}

interface NewFields extends RuleFields {
  readonly template: string;
  readonly blanks: Blanks;
}

interface NewProps {
  readonly scope: Scope;
  readonly onClose: () => void;
  readonly onDone: (rule: TrustRule) => void;
}

/** Trusts an outside issuer; a template knows what its tokens look like. */
export function NewRule({ scope, onClose, onDone }: NewProps) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const templates = useQuery({
    queryKey: ["trust-templates"],
    queryFn: () => call<{ items: readonly TrustTemplate[] }>("GET", "/trust-rule-templates"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const robots = useQuery({
    queryKey: ["robots", scope, "choice"],
    queryFn: () => call<Page<Robot>>("GET", under(scope, "/robots?limit=200&state=active")),
  });
  const draft = useDraft<NewFields>(`trust:${scope}`, {
    name: "",
    robotId: "",
    issuer: "",
    jwksUrl: "",
    audience: "",
    subject: "",
    condition: "",
    template: "",
    blanks: { registry: location.host },
  });
  const { value, set } = draft;
  const create = useCreate<object, TrustRule>(under(scope, "/trust-rules"), (made) => {
    draft.reset();
    onDone(made);
  });
  const items = templates.data?.items ?? [];
  const template = items.find(({ id }) => id === value.template);
  const fill = (from: TrustTemplate, blanks: Blanks) =>
    set({ template: from.id, blanks, ...filledRule(from, blanks) });
  return (
    <FormDialog
      title={t("trust.create")}
      submit={t("trust.create")}
      isPending={create.change.isPending}
      error={create.error}
      canSubmit={value.robotId !== ""}
      onSubmit={() => create.change.mutate({ robotId: value.robotId, ...bodyOf(value) })}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Select
        label={t("trust.robot")}
        description={t(robots.data?.items.length === 0 ? "trust.noRobots" : "trust.robotHint")}
        required
        searchable
        data={(robots.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={value.robotId || null}
        onChange={(robotId) => set({ robotId: robotId ?? "" })}
        allowDeselect={false}
      />
      <Select
        label={t("trust.template")}
        description={t("trust.templateHint")}
        clearable
        clearButtonProps={{ "aria-label": t("app.clear") }}
        data={items.map(({ id, title }) => ({ value: id, label: wordsOf(title) }))}
        value={value.template || null}
        onChange={(id) => {
          const chosen = items.find((each) => each.id === id);
          if (chosen === undefined) set({ template: "" });
          else fill(chosen, value.blanks);
        }}
      />
      {template !== undefined && (
        <TemplateBlanks
          template={template}
          blanks={value.blanks}
          onFill={(blanks) => fill(template, blanks)}
        />
      )}
      <RuleTexts value={value} set={set} />
      {create.dialog}
    </FormDialog>
  );
}

function fieldsOf(rule: TrustRule): RuleFields {
  const { name, issuer, audience, subject } = rule;
  return {
    name,
    robotId: rule.robot.id,
    issuer,
    jwksUrl: rule.jwksUrl ?? "",
    audience,
    subject,
    condition: rule.condition ?? "",
  };
}

interface EditProps {
  readonly scope: Scope;
  readonly rule: TrustRule;
  readonly onClose: () => void;
  readonly onDone: (rule: TrustRule) => void;
}

export function EditRule({ scope, rule, onClose, onDone }: EditProps) {
  const { t } = useTranslation();
  const before = fieldsOf(rule);
  const draft = useDraft(`trust:${rule.id}:${rule.version}`, before);
  const { value, set } = draft;
  const edit = useEdit<TrustRule, object>(under(scope, `/trust-rules/${rule.id}`), (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  const send = (version: number) => edit.change.mutate({ body: bodyOf(value), version });
  function differences(now: TrustRule): Difference[] {
    const other = fieldsOf(now);
    const texts = TEXTS.map((field) => ({
      label: t(`trust.${field}`),
      before: before[field],
      theirs: other[field],
      mine: value[field],
    }));
    const condition = {
      label: t("members.condition"),
      before: before.condition,
      theirs: other.condition,
      mine: value.condition,
    };
    return [...texts, condition];
  }
  return (
    <FormDialog
      title={t("edit.title", { name: rule.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(rule.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <RuleTexts value={value} set={set} />
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={differences(theirs)}
          isPending={edit.change.isPending}
          onTheirs={() => {
            draft.reset();
            onDone(theirs);
          }}
          onMine={() => send(theirs.version)}
          onClose={edit.settle}
        />
      )}
    </FormDialog>
  );
}
