import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Binding, Role } from "../../api/manage-types.ts";
import type { Page } from "../../api/types.ts";
import { Conflict, type Difference } from "../conflict.tsx";
import { useDraft } from "../draft.ts";
import { FormDialog } from "../form-dialog.tsx";
import { toLocal } from "../local-time.ts";
import { useCreate, useEdit } from "../save.ts";
import { bindingsOf, type Scope, under } from "../scope.ts";
import { useWords } from "../words.ts";
import { type Bounds, BoundsFields, boundsBody, isBound, UNBOUND } from "./bounds.tsx";
import { isNamed, type SubjectChoice, SubjectField, subjectBody } from "./subject-field.tsx";

/** The roles that can be given in a scope; none while they are read, or where one may not see them. */
export function useRoles(scope: Scope): readonly Role[] {
  const { data } = useQuery({
    queryKey: ["roles", scope, "all"],
    queryFn: () => call<Page<Role>>("GET", under(scope, "/roles?limit=200")),
  });
  return data?.items ?? [];
}

interface RoleProps {
  readonly roles: readonly Role[];
  readonly value: string;
  readonly onChange: (role: string) => void;
}

function RoleField({ roles, value, onChange }: RoleProps) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const chosen = roles.find(({ id }) => id === value);
  return (
    <Select
      label={t("members.role")}
      description={chosen?.description ? wordsOf(chosen.description) : undefined}
      required
      data={roles.map((role) => ({ value: role.id, label: wordsOf(role.title) }))}
      value={value || null}
      onChange={(role) => onChange(role ?? "")}
      allowDeselect={false}
    />
  );
}

interface NewFields extends Bounds {
  readonly kind: SubjectChoice;
  readonly name: string;
  readonly role: string;
}

interface NewProps {
  readonly scope: Scope;
  readonly onClose: () => void;
  readonly onDone: (binding: Binding) => void;
}

/** Gives somebody a role. */
export function NewMember({ scope, onClose, onDone }: NewProps) {
  const { t } = useTranslation();
  const roles = useRoles(scope);
  const draft = useDraft<NewFields>(`member:${scope}`, {
    kind: "user",
    name: "",
    role: "",
    ...UNBOUND,
  });
  const { value, set } = draft;
  const [isOpen, setOpen] = useState(() => isBound(boundsOnly(value)));
  const create = useCreate<object, Binding>(bindingsOf(scope), (made) => {
    draft.reset();
    onDone(made);
  });
  const { kind, name, role } = value;
  const submit = () =>
    create.change.mutate({
      subject: subjectBody(kind, name),
      role,
      ...boundsBody(isOpen ? value : UNBOUND),
    });
  return (
    <FormDialog
      title={t("members.add")}
      submit={t("members.add")}
      isPending={create.change.isPending}
      error={create.error}
      canSubmit={role !== "" && (!isNamed(kind) || name.trim() !== "")}
      onSubmit={submit}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <SubjectField scope={scope} kind={kind} name={name} onChange={set} />
      {kind === "everyone" && <Text size="sm">{t("members.everyoneHint")}</Text>}
      <RoleField roles={roles} value={role} onChange={(chosen) => set({ role: chosen })} />
      <BoundsFields value={value} set={set} isOpen={isOpen} onOpen={setOpen} />
      {create.dialog}
    </FormDialog>
  );
}

function boundsOnly({ repositories, tags, condition, expires }: Bounds): Bounds {
  return { repositories, tags, condition, expires };
}

function fieldsOf(binding: Binding): Bounds & { readonly role: string } {
  const { role, repositories, tags, condition, expiresAt } = binding;
  return {
    role,
    repositories: repositories ?? "",
    tags: tags ?? "",
    condition: condition ?? "",
    expires: toLocal(expiresAt),
  };
}

interface EditProps {
  readonly scope: Scope;
  readonly binding: Binding;
  readonly onClose: () => void;
  readonly onDone: (binding: Binding) => void;
}

export function EditMember({ scope, binding, onClose, onDone }: EditProps) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const roles = useRoles(scope);
  const before = fieldsOf(binding);
  const draft = useDraft(`member:${binding.id}:${binding.version}`, before);
  const { value, set } = draft;
  const [isOpen, setOpen] = useState(() => isBound(boundsOnly(value)));
  const edit = useEdit<Binding, object>(`${bindingsOf(scope)}/${binding.id}`, (now) => {
    draft.reset();
    onDone(now);
  });
  const { theirs } = edit;
  const mine = isOpen ? value : { ...UNBOUND, role: value.role };
  const send = (version: number) =>
    edit.change.mutate({ body: { role: mine.role, ...boundsBody(mine) }, version });
  const roleName = (id: string) => {
    const role = roles.find((each) => each.id === id);
    return role === undefined ? id : wordsOf(role.title);
  };
  function differences(now: Binding): Difference[] {
    const other = fieldsOf(now);
    const texts = (["repositories", "tags", "condition", "expires"] as const).map((field) => ({
      label: t(`members.${field}`),
      before: before[field],
      theirs: other[field],
      mine: mine[field],
    }));
    const role = {
      label: t("members.role"),
      before: roleName(before.role),
      theirs: roleName(other.role),
      mine: roleName(mine.role),
    };
    return [role, ...texts];
  }
  return (
    <FormDialog
      title={t("members.edit", { name: binding.subject.name ?? t("members.everybody") })}
      submit={t("app.save")}
      isPending={edit.change.isPending}
      error={edit.error}
      onSubmit={() => send(binding.version)}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <RoleField roles={roles} value={value.role} onChange={(role) => set({ role })} />
      <BoundsFields value={value} set={set} isOpen={isOpen} onOpen={setOpen} />
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
