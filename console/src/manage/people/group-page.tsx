import { Autocomplete, Button, Group as Row, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Group, GroupMember, User } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import type { Page as PageOf } from "../../api/types.ts";
import { Ask } from "../../ui/ask.tsx";
import { Entries, Entry, Fact } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useNames } from "../access/subject-field.tsx";
import { Page, Section } from "../page.tsx";
import { useAct, useRefresh } from "../save.ts";
import { EditGroup } from "./group-form.tsx";
import { GroupLinks } from "./group-links.tsx";
import { UnknownName } from "./unknown-name.ts";

interface MembersProps {
  readonly id: string;
  readonly may: boolean;
}

/** The id of a user or robot by their name. Throws `UnknownName`. */
async function idOf(name: string): Promise<string> {
  const path = name.startsWith("robot+") ? "/robots" : "/users";
  const found = await call<PageOf<Pick<User, "id" | "name">>>(
    "GET",
    `${path}?limit=200&name=${encodeURIComponent(name)}`,
  );
  const one = found.items.find((each) => each.name === name);
  if (one === undefined) throw new UnknownName(name);
  return one.id;
}

function Members({ id, may }: MembersProps) {
  const { t } = useTranslation();
  const path = `/groups/${id}/members`;
  const query = useQuery({
    queryKey: ["groups", id, "members"],
    queryFn: () => call<PageOf<GroupMember>>("GET", `${path}?limit=200`),
  });
  const [name, setName] = useState("");
  const [isUnknown, setUnknown] = useState(false);
  const names = useNames(null, name.startsWith("robot+") ? "robot" : "user", name);
  const refresh = useRefresh("groups");
  const act = useAct(() => {
    setName("");
    refresh();
  });

  async function add(): Promise<void> {
    setUnknown(false);
    try {
      act.change.mutate({ method: "PUT", path: `${path}/${await idOf(name.trim())}` });
    } catch (error) {
      setUnknown(true);
      if (!(error instanceof UnknownName)) throw error;
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void add();
  }

  return (
    <Stack>
      <Loaded query={query}>
        {({ items, next }) => (
          <>
            {items.length === 0 && <Text c="dimmed">{t("groups.noMembers")}</Text>}
            <Entries label={t("groups.members")}>
              {items.map((member) => (
                <Entry
                  key={member.id}
                  name={member.name}
                  badge={t(`members.kinds.${member.kind}`)}
                  action={
                    may && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${t("app.remove")}: ${member.name}`}
                        onClick={() =>
                          act.change.mutate({ method: "DELETE", path: `${path}/${member.id}` })
                        }
                      >
                        {t("app.remove")}
                      </Button>
                    )
                  }
                >
                  <Fact>{member.origins.join(", ")}</Fact>
                </Entry>
              ))}
            </Entries>
            {next !== null && <Fact>{t("edit.first", { count: items.length })}</Fact>}
          </>
        )}
      </Loaded>
      <ProblemAlert error={act.error} />
      {may && (
        <form onSubmit={submit}>
          <Row align="flex-end">
            <Autocomplete
              label={t("groups.addMember")}
              required
              autoCapitalize="none"
              data={[...names]}
              value={name}
              error={isUnknown ? t("groups.unknown") : undefined}
              onChange={setName}
            />
            <Button type="submit" loading={act.change.isPending}>
              {t("edit.add")}
            </Button>
          </Row>
        </form>
      )}
      {act.dialog}
    </Stack>
  );
}

/** One group: who is in it, and what providers call it. */
export function GroupPage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay(null);
  const [open, setOpen] = useState<"edit" | "delete">();
  const query = useQuery({
    queryKey: ["groups", id],
    queryFn: () => call<Group>("GET", `/groups/${id}`),
  });
  const refresh = useRefresh("groups");
  const remove = useAct(() => {
    void navigate({ to: "/admin/groups" });
    refresh();
  });
  return (
    <Loaded query={query}>
      {(group) => (
        <Page
          title={group.name}
          intro={group.description ?? undefined}
          actions={
            <>
              {may("group:update") && (
                <Button variant="default" onClick={() => setOpen("edit")}>
                  {t("edit.change")}
                </Button>
              )}
              {may("group:delete") && (
                <Button color="red" variant="light" onClick={() => setOpen("delete")}>
                  {t("edit.delete")}
                </Button>
              )}
            </>
          }
        >
          <ProblemAlert error={remove.error} />
          <Section title={t("groups.members")}>
            <Members id={id} may={may("group:update")} />
          </Section>
          <Section title={t("groups.links")} intro={t("groups.linksIntro")}>
            <GroupLinks id={id} may={may("group:update")} />
          </Section>
          {open === "edit" && (
            <EditGroup
              group={group}
              onClose={() => setOpen(undefined)}
              onDone={() => {
                setOpen(undefined);
                refresh();
              }}
            />
          )}
          {open === "delete" && (
            <Ask
              title={t("edit.deleteTitle", { name: group.name })}
              words={t("groups.deleteIntro")}
              yes={t("edit.delete")}
              onYes={() => {
                setOpen(undefined);
                remove.change.mutate({ method: "DELETE", path: `/groups/${id}` });
              }}
              onNo={() => setOpen(undefined)}
            />
          )}
          {remove.dialog}
        </Page>
      )}
    </Loaded>
  );
}
