import { Badge, Button, Code, Group, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Binding } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { Fact } from "../../ui/entry.tsx";
import { Time } from "../../ui/time.tsx";
import { ChoiceFilter } from "../list/filters.tsx";
import { useListSearch, useMaking } from "../list/list-search.ts";
import { type ListColumn, ListTable } from "../list/list-table.tsx";
import { useList } from "../list/use-list.ts";
import { Nothing, Page } from "../page.tsx";
import { useRefresh } from "../save.ts";
import { bindingsOf, type Scope } from "../scope.ts";
import { useWords } from "../words.ts";
import { EditMember, NewMember, useRoles } from "./member-form.tsx";

const KINDS = ["principal", "group", "authenticated", "everyone"] as const;

/** What it is called in the list: everybody has no name. */
function useSubjectWords(): (binding: Binding) => { kind: string; name: string } {
  const { t } = useTranslation();
  return ({ subject }) => {
    const { kind, name } = subject;
    if (kind !== "principal") {
      const words = t(`members.kinds.${kind}`);
      return { kind: words, name: name ?? words };
    }
    const isRobot = name?.startsWith("robot+") === true;
    return { kind: t(isRobot ? "members.kinds.robot" : "members.kinds.user"), name: name ?? "–" };
  };
}

function BoundsView({ binding }: { readonly binding: Binding }) {
  const { t } = useTranslation();
  const { repositories, tags, condition, expiresAt } = binding;
  if (repositories === null && tags === null && condition === null && expiresAt === null) {
    return <>{t("members.unbound")}</>;
  }
  const texts = [
    ["repositories", repositories],
    ["tags", tags],
    ["condition", condition],
  ] as const;
  return (
    <Stack gap={2}>
      {texts.map(
        ([field, text]) =>
          text !== null && (
            <Fact key={field}>
              {t(`members.${field}`)}: <Code className="wraps">{text}</Code>
            </Fact>
          ),
      )}
      {expiresAt !== null && (
        <Fact>
          {t("members.expires")}: <Time at={expiresAt} />
          {expiresAt < Date.now() && (
            <Badge ml="xs" variant="dot" color="orange" tt="none">
              {t("members.expired")}
            </Badge>
          )}
        </Fact>
      )}
    </Stack>
  );
}

/** Who has which role here, and within what bounds. */
export function MembersPage({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const wordsOf = useWords();
  const subjectWords = useSubjectWords();
  const may = useMay(scope)("member:write");
  const roles = useRoles(scope);
  const { search } = useListSearch();
  const path = bindingsOf(scope);
  const { role, subjectKind } = search;
  const list = useList<Binding>("members", path, { role, subjectKind });
  const refresh = useRefresh("members");
  const [isMaking, setMaking] = useMaking();
  const [editing, setEditing] = useState<Binding>();
  const titleOf = ({ role: id, roleName }: Binding) => {
    const found = roles.find((each) => each.id === id);
    return found === undefined ? roleName : wordsOf(found.title);
  };
  const columns: readonly ListColumn<Binding>[] = [
    {
      id: "who",
      title: t("members.who"),
      isFixed: true,
      order: (binding) => subjectWords(binding).name,
      cell: (binding) => {
        const { kind, name } = subjectWords(binding);
        return (
          <Group gap="xs">
            {name}
            {name !== kind && (
              <Badge variant="light" tt="none">
                {kind}
              </Badge>
            )}
          </Group>
        );
      },
    },
    { id: "role", title: t("members.role"), order: titleOf, cell: titleOf },
    {
      id: "bounds",
      title: t("members.bounds"),
      cell: (binding) => <BoundsView binding={binding} />,
    },
    {
      id: "since",
      title: t("edit.made"),
      order: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: "actions",
      title: t("list.actions"),
      isFigure: true,
      cell: (binding) =>
        may && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`${t("edit.change")}: ${subjectWords(binding).name}`}
            onClick={() => setEditing(binding)}
          >
            {t("edit.change")}
          </Button>
        ),
    },
  ];
  return (
    <Page
      title={t(scope === null ? "admin.bindings" : "admin.members")}
      intro={t(scope === null ? "members.systemIntro" : "members.intro")}
      actions={may && <Button onClick={() => setMaking(true)}>{t("members.add")}</Button>}
    >
      <ListTable
        label={t("admin.members")}
        list={list}
        keyOf={({ id }) => id}
        nameOf={(binding) => `${subjectWords(binding).name}, ${titleOf(binding)}`}
        columns={columns}
        filters={
          <>
            <ChoiceFilter
              name="subjectKind"
              label={t("members.who")}
              choices={KINDS.map((value) => ({ value, label: t(`members.kinds.${value}`) }))}
            />
            <ChoiceFilter
              name="role"
              label={t("members.role")}
              choices={roles.map(({ id, title }) => ({ value: id, label: wordsOf(title) }))}
            />
          </>
        }
        bulk={
          may
            ? [
                {
                  label: t("members.revoke"),
                  question: t("members.revokeIntro"),
                  isDangerous: true,
                  act: ({ id, version }) => call("DELETE", `${path}/${id}`, undefined, { version }),
                },
              ]
            : []
        }
        onBulkDone={refresh}
        empty={<Nothing words={t("members.none")} />}
      />
      {isMaking && (
        <NewMember
          scope={scope}
          onClose={() => setMaking(false)}
          onDone={() => {
            setMaking(false);
            refresh();
          }}
        />
      )}
      {editing !== undefined && (
        <EditMember
          scope={scope}
          binding={editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            refresh();
          }}
        />
      )}
    </Page>
  );
}
