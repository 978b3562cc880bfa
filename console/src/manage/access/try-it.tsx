import { Autocomplete, Button, Card, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import type { Explanation } from "../../api/manage-types.ts";
import { useMay } from "../../api/rights.ts";
import { ProblemAlert } from "../../ui/problem-alert.tsx";
import { Page } from "../page.tsx";
import type { Scope } from "../scope.ts";
import { ExplanationView } from "./explanation.tsx";
import { FIELDS, fieldOf, usePermissionWords } from "./permissions.ts";
import { useNames } from "./subject-field.tsx";

const WHO = ["me", "user", "robot", "anonymous"] as const;
const FACTOR = ["asIs", "with", "without"] as const;

interface Question {
  readonly who: (typeof WHO)[number];
  readonly name: string;
  readonly action: string;
  readonly where: string;
  readonly tag: string;
  readonly address: string;
  readonly factor: (typeof FACTOR)[number];
  readonly claims: string;
}

/** What a text says as JSON; undefined for nothing. Throws `SyntaxError`. */
function claimsOf(text: string): unknown {
  return text.trim() === "" ? undefined : JSON.parse(text);
}

/** Repositories by their full name, a project by its own, nothing for the installation. */
function resourceOf({ where, tag, action }: Question) {
  const name = where.trim();
  if (name === "") return { kind: "registry" };
  if (!name.includes("/") && !action.startsWith("repository:")) return { kind: "project", name };
  return { kind: "repository", name, ...(tag.trim() === "" ? {} : { tag: tag.trim() }) };
}

function bodyOf(question: Question) {
  const { who, name, action, address, factor } = question;
  const claims = claimsOf(question.claims);
  const context = {
    ...(address.trim() === "" ? {} : { address: address.trim() }),
    ...(factor === "asIs" ? {} : { secondFactor: factor === "with" }),
    ...(claims === undefined ? {} : { claims }),
  };
  const as = who === "anonymous" ? { kind: who } : { kind: who, name: name.trim() };
  return { ...(who === "me" ? {} : { as }), action, on: resourceOf(question), context };
}

/** Actions that can be asked about, by what they are about. */
function useActions() {
  const { t } = useTranslation();
  const wordsOf = usePermissionWords();
  const { data } = useQuery({
    queryKey: ["permissions"],
    queryFn: () => call<{ items: readonly string[] }>("GET", "/permissions"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const all = data?.items ?? [];
  return FIELDS.map((field) => ({
    group: t(`roles.fields.${field}`),
    items: all
      .filter((each) => fieldOf(each) === field)
      .map((value) => ({ value, label: wordsOf(value) })),
  }));
}

/** Who, what, where: allowed or refused, and why. */
export function TryIt({ scope }: { readonly scope: Scope }) {
  const { t } = useTranslation();
  const mayOthers = useMay(scope)("access:explain");
  const actions = useActions();
  const [question, setQuestion] = useState<Question>({
    who: "me",
    name: "",
    action: scope === null ? "system:read" : "repository:pull",
    where: scope === null ? "" : `${scope}/`,
    tag: "",
    address: "",
    factor: "asIs",
    claims: "",
  });
  const set = (change: Partial<Question>) => setQuestion((before) => ({ ...before, ...change }));
  const ask = useMutation({
    mutationFn: async (given: Question) =>
      call<Explanation>("POST", "/access/explain", bodyOf(given)),
  });
  const names = useNames(scope, question.who === "robot" ? "robot" : "user", question.name);
  const isUnreadable = ask.error instanceof SyntaxError;

  function submit(event: FormEvent): void {
    event.preventDefault();
    const where = question.where.replace(/\/$/, "");
    ask.mutate({ ...question, where });
  }

  const typed = (field: "where" | "tag" | "address" | "claims") => ({
    value: question[field],
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) =>
      set({ [field]: event.currentTarget.value }),
  });
  const isNamed = question.who === "user" || question.who === "robot";
  return (
    <Page title={t("tryIt.title")} intro={t("tryIt.intro")}>
      <Card withBorder padding="lg">
        <form onSubmit={submit}>
          <Stack>
            <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: "end" }}>
              <Select
                label={t("tryIt.who")}
                data={WHO.filter((who) => who === "me" || mayOthers).map((value) => ({
                  value,
                  label: t(`tryIt.whos.${value}`),
                }))}
                value={question.who}
                onChange={(value) =>
                  set({ who: WHO.find((each) => each === value) ?? "me", name: "" })
                }
                allowDeselect={false}
              />
              {isNamed && (
                <Autocomplete
                  label={t("members.name")}
                  required
                  autoCapitalize="none"
                  data={[...names]}
                  value={question.name}
                  onChange={(name) => set({ name })}
                />
              )}
              <Select
                label={t("tryIt.what")}
                searchable
                data={actions}
                value={question.action}
                onChange={(action) => set({ action: action ?? question.action })}
                allowDeselect={false}
              />
              <TextInput
                label={t("tryIt.where")}
                description={t("tryIt.whereHint")}
                {...typed("where")}
              />
              <TextInput label={t("tryIt.tag")} {...typed("tag")} />
              <TextInput label={t("tryIt.address")} placeholder="10.1.2.3" {...typed("address")} />
              <Select
                label={t("tryIt.factor")}
                data={FACTOR.map((value) => ({ value, label: t(`tryIt.factors.${value}`) }))}
                value={question.factor}
                onChange={(value) =>
                  set({ factor: FACTOR.find((each) => each === value) ?? "asIs" })
                }
                allowDeselect={false}
              />
              <TextInput
                label={t("tryIt.claims")}
                description={t("tryIt.claimsHint")}
                error={isUnreadable ? t("tryIt.noJson") : undefined}
                {...typed("claims")}
              />
            </SimpleGrid>
            <Button type="submit" loading={ask.isPending} style={{ alignSelf: "flex-start" }}>
              {t("tryIt.ask")}
            </Button>
          </Stack>
        </form>
      </Card>
      {!isUnreadable && <ProblemAlert error={ask.error} />}
      {ask.data !== undefined && <ExplanationView explained={ask.data} />}
    </Page>
  );
}
