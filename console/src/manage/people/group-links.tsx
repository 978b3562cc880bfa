import { Button, Group as Row, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { GroupLink } from "../../api/manage-types.ts";
import { providersQuery } from "../../api/session.ts";
import { Entries, Entry } from "../../ui/entry.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { useAct, useRefresh } from "../save.ts";

interface Props {
  readonly id: string;
  readonly may: boolean;
}

/** What the group is called at login providers, whose members then are members here. */
export function GroupLinks({ id, may }: Props) {
  const { t } = useTranslation();
  const path = `/groups/${id}/links`;
  const query = useQuery({
    queryKey: ["groups", id, "links"],
    queryFn: () => call<{ links: readonly GroupLink[] }>("GET", path),
  });
  const { data } = useQuery(providersQuery);
  const outside = (data?.items ?? []).filter(({ type }) => type === "ldap" || type === "oidc");
  const [provider, setProvider] = useState<string | null>(null);
  const [name, setName] = useState("");
  const refresh = useRefresh("groups");
  const act = useAct(() => {
    setName("");
    refresh();
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    act.change.mutate({ method: "POST", path, body: { provider, externalName: name.trim() } });
  }

  return (
    <Loaded query={query}>
      {({ links }) => (
        <Stack>
          {links.length === 0 && <Text c="dimmed">{t("groups.noLinks")}</Text>}
          {links.length > 0 && (
            <Entries label={t("groups.links")}>
              {links.map((link) => (
                <Entry
                  key={`${link.provider} ${link.externalName}`}
                  name={link.externalName}
                  badge={link.provider}
                  action={
                    may && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${t("app.remove")}: ${link.externalName}`}
                        onClick={() => act.change.mutate({ method: "DELETE", path, body: link })}
                      >
                        {t("app.remove")}
                      </Button>
                    )
                  }
                >
                  {null}
                </Entry>
              ))}
            </Entries>
          )}
          <ProblemAlert error={act.error} />
          {may && outside.length > 0 && (
            <form onSubmit={submit}>
              <Row align="flex-end">
                <Select
                  label={t("people.provider")}
                  required
                  data={outside.map((each) => ({ value: each.name, label: each.label }))}
                  value={provider}
                  onChange={setProvider}
                />
                <TextInput
                  label={t("groups.outsideName")}
                  required
                  maxLength={256}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <Button type="submit" disabled={provider === null} loading={act.change.isPending}>
                  {t("groups.link")}
                </Button>
              </Row>
            </form>
          )}
          {act.dialog}
        </Stack>
      )}
    </Loaded>
  );
}
