import { Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Robot, Told } from "../../api/manage-types.ts";
import type { NewToken } from "../../api/types.ts";
import { RIGHTS, RIGHTS_NAMES } from "../../profile/rights.ts";
import { Conflict } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useCreate, useEdit } from "../save.ts";
import { type Scope, under } from "../scope.ts";

const DAY = 86_400;
const LIVES = [7, 30, 90, 365, 0] as const;
const CHOICES = [...RIGHTS_NAMES, "all"] as const;
/** For how long the old secret goes on working beside a new one, in hours. */
const OVERLAPS = [0, 1, 24, 168] as const;

interface LifeProps {
  readonly days: number;
  readonly onChange: (days: number) => void;
}

function LifeField({ days, onChange }: LifeProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("robots.life")}
      data={LIVES.map((count) => ({
        value: String(count),
        label: count === 0 ? t("robots.forever") : t("tokens.days", { count }),
      }))}
      value={String(days)}
      onChange={(value) => onChange(LIVES.find((each) => String(each) === value) ?? 90)}
      allowDeselect={false}
    />
  );
}

const lifeBody = (days: number) => (days === 0 ? {} : { lifetimeSeconds: days * DAY });

interface Fields {
  readonly name: string;
  readonly description: string;
  readonly rights: (typeof CHOICES)[number];
  readonly repositories: readonly string[];
  readonly addresses: readonly string[];
  readonly days: number;
}

interface NewProps {
  readonly scope: Scope;
  readonly onClose: () => void;
  readonly onDone: (robot: Told<Robot>) => void;
}

/** Makes a robot, with its first secret. */
export function NewRobot({ scope, onClose, onDone }: NewProps) {
  const { t } = useTranslation();
  const draft = useDraft<Fields>(`robot:${scope}`, {
    name: "",
    description: "",
    rights: "pull",
    repositories: [scope === null ? "**" : `${scope}/**`],
    addresses: [],
    days: 90,
  });
  const { value, set } = draft;
  const create = useCreate<object, Told<Robot>>(under(scope, "/robots"), (made) => {
    draft.reset();
    onDone(made);
  });
  function submit(): void {
    const { name, description, rights, repositories, addresses, days } = value;
    create.change.mutate({
      name,
      description: description.trim() || null,
      limits: rights === "all" ? null : [{ actions: RIGHTS[rights], repositories }],
      addresses: addresses.length === 0 ? null : addresses,
      ...lifeBody(days),
    });
  }
  return (
    <FormDialog
      title={t("robots.create")}
      submit={t("robots.create")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={submit}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <TextInput
        label={t("robots.name")}
        description={t("robots.nameHint", {
          prefix: scope === null ? "robot+" : `robot+${scope}+`,
        })}
        required
        maxLength={64}
        data-autofocus
        autoCapitalize="none"
        spellCheck={false}
        value={value.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t("edit.description")}
        maxLength={1_024}
        autosize
        value={value.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <Select
        label={t("robots.limit")}
        description={t("robots.limitHint")}
        data={CHOICES.map((each) => ({
          value: each,
          label: each === "all" ? t("robots.unlimited") : t(`tokens.${each}`),
        }))}
        value={value.rights}
        onChange={(rights) => set({ rights: CHOICES.find((each) => each === rights) ?? "pull" })}
        allowDeselect={false}
      />
      {value.rights !== "all" && (
        <TagsInput
          label={t("tokens.repositories")}
          description={t("tokens.repositoriesHint")}
          required
          value={[...value.repositories]}
          onChange={(repositories) => set({ repositories })}
        />
      )}
      <TagsInput
        label={t("tokens.addresses")}
        description={t("tokens.addressesHint")}
        value={[...value.addresses]}
        onChange={(addresses) => set({ addresses })}
      />
      <LifeField days={value.days} onChange={(days) => set({ days })} />
      {create.dialog}
    </FormDialog>
  );
}

interface SecretProps {
  readonly path: string;
  readonly onClose: () => void;
  readonly onDone: (secret: NewToken) => void;
}

/** Makes another secret, while the old one goes on for a while, or ends at once. */
export function NewSecret({ path, onClose, onDone }: SecretProps) {
  const { t } = useTranslation();
  const [hours, setHours] = useState(24);
  const [days, setDays] = useState(90);
  const create = useCreate<object, NewToken>(`${path}/secrets`, onDone);
  return (
    <FormDialog
      title={t("robots.rotate")}
      submit={t("robots.rotate")}
      isPending={create.change.isPending}
      error={create.error}
      onSubmit={() => create.change.mutate({ overlapSeconds: hours * 3_600, ...lifeBody(days) })}
      onClose={onClose}
    >
      <Select
        label={t("robots.overlap")}
        description={t("robots.overlapHint")}
        data={OVERLAPS.map((count) => ({
          value: String(count),
          label: count === 0 ? t("robots.atOnce") : t("robots.hours", { count }),
        }))}
        value={String(hours)}
        onChange={(value) => setHours(OVERLAPS.find((each) => String(each) === value) ?? 24)}
        allowDeselect={false}
      />
      <LifeField days={days} onChange={setDays} />
      {create.dialog}
    </FormDialog>
  );
}

interface EditProps {
  readonly path: string;
  readonly robot: Robot;
  readonly onClose: () => void;
  readonly onDone: (robot: Robot) => void;
}

export function EditRobot({ path, robot, onClose, onDone }: EditProps) {
  const { t } = useTranslation();
  const before = robot.description ?? "";
  const draft = useDraft(`robot:${robot.id}:${robot.version}`, { description: before });
  const { description } = draft.value;
  const edit = useEdit<Robot, object>(path, (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  const send = (version: number) =>
    edit.change.mutate({ body: { description: description.trim() || null }, version });
  return (
    <FormDialog
      title={t("edit.title", { name: robot.name })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(robot.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <Textarea
        label={t("edit.description")}
        data-autofocus
        maxLength={1_024}
        autosize
        value={description}
        onChange={(event) => draft.set({ description: event.currentTarget.value })}
      />
      {edit.dialog}
      {theirs !== undefined && (
        <Conflict
          differences={[
            {
              label: t("edit.description"),
              before,
              theirs: theirs.description ?? "",
              mine: description,
            },
          ]}
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
