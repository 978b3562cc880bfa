import { Badge, Button, Group, List, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Ask } from "../../ui/ask.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useMaking } from "../list/list-search.ts";
import { ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { type Scope, under } from "../scope.ts";
import { useWords } from "../words.ts";
import { usePermissionWords } from "./permissions.ts";
import { EditRole, NewRole } from "./role-form.tsx";

interface Open {
  readonly what: "new" | "edit" | "delete" | "show";
  readonly role?: Role;
}

function RoleView({ role, onClose }: { readonly role: Role; readonly onClose: () => void }) {
  const wordsOf = useWords();
  const permissionWords = usePermissionWords();
  return (
    <Dialog title={wordsOf(role.title)} onClose={onClose}>
      {role.description !== null && <Text mb="sm">{wordsOf(role.description)}</Text>}
      <List size="sm" spacing={4}>
        {role.permissions.map((each) => (
          <List.Item key={each}>{permissionWords(each)}</List.Item>
        ))}
      </List>
    </Dialog>
  );
}

/** The roles that can be given here: built-in ones, those of the installation, one's own. */
export function RolesPage({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const may = useMay(scope)("role:write");
  const path = under(scope, "/roles");
  const list = useList<Role>("roles", path);
  const refresh = useRefresh("roles");
  const [isMaking, setMaking] = useMaking();
  const [open, setOpen] = useState<Open>();
  const close = () => {
    setOpen(undefined);
    if (isMaking) setMaking(false);
  };
  const done = () => {
    close();
    refresh();
  };
  const remove = useAct(done);
  const isOwn = (role: Role) => !role.builtIn && (scope !== null) === (role.projectId !== null);

  function actions(role: Role) {
    const of = (text: string) => `${text}: ${role.name}`;
    const button = (what: Open["what"], text: string) => (
      <Button
        key={what}
        size="compact-sm"
        variant="default"
        aria-label={of(text)}
        onClick={() => setOpen({ what, role })}
      >
        {text}
      </Button>
    );
    return (
      <Group gap={4} justify="flex-end">
        {button("show", t("roles.show"))}
        {may && isOwn(role) && button("edit", t("edit.change"))}
        {may && !isOwn(role) && button("new", t("roles.copy"))}
        {may && isOwn(role) && button("delete", t("edit.delete"))}
      </Group>
    );
  }

  const { what, role } = open ?? {};
  return (
    <Page
      title={t("admin.roles")}
      intro={t("roles.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("roles.create")}</Button>}
    >
      <ProblemAlert error={remove.error} />
      <ListTable
        label={t("admin.roles")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={({ name }) => name}
        columns={[
          {
            id: "name",
            title: t("members.role"),
            isFixed: true,
            order: ({ name }) => name,
            cell: (each) => (
              <Group gap="xs">
                {wordsOf(each.title)}
                {each.builtIn && (
                  <Badge variant="light" tt="none">
                    {t("roles.builtIn")}
                  </Badge>
                )}
                {each.secondFactor && (
                  <Badge variant="light" color="grape" tt="none">
                    {t("roles.secondFactor")}
                  </Badge>
                )}
              </Group>
            ),
          },
          {
            id: "description",
            title: t("edit.description"),
            cell: ({ description }) => (description === null ? "–" : wordsOf(description)),
          },
          {
            id: "permissions",
            title: t("roles.permissions"),
            isFigure: true,
            order: ({ permissions }) => permissions.length,
            cell: ({ permissions }) => permissions.length,
          },
          { id: "actions", title: t("list.actions"), isFigure: true, cell: actions },
        ]}
        empty={<Nothing words={t("roles.empty")} />}
      />
      {what === "show" && role !== undefined && <RoleView role={role} onClose={close} />}
      {(what === "new" || isMaking) && (
        <NewRole scope={scope} like={role} onClose={close} onDone={done} />
      )}
      {what === "edit" && role !== undefined && (
        <EditRole scope={scope} role={role} onClose={close} onDone={done} />
      )}
      {what === "delete" && role !== undefined && (
        <Ask
          title={t("edit.deleteTitle", { name: role.name })}
          words={t("roles.deleteIntro")}
          yes={t("edit.delete")}
          onYes={() => {
            close();
            const { version } = role;
            remove.change.mutate({ method: "DELETE", path: `${path}/${role.id}`, version });
          }}
          onNo={close}
        />
      )}
      {remove.dialog}
    </Page>
  );
}
