import { Button, Code, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/client.ts";
import type { NewToken } from "../api/types.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemAlert } from "../ui/problem-alert.tsx";
import { RIGHTS, RIGHTS_NAMES } from "./rights.ts";

const DAY = 86_400_000;
const LIVES = [1, 7, 30, 90, 365] as const;

const CHOICES = [...RIGHTS_NAMES, "all"] as const;

interface Props {
  readonly userName: string;
  readonly onClose: () => void;
  readonly onMade: () => void;
}

/** Makes a token and shows its secret, once. */
export function NewTokenDialog({ userName, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [rights, setRights] = useState<(typeof CHOICES)[number]>("pull");
  const [repositories, setRepositories] = useState<string[]>(["**"]);
  const [addresses, setAddresses] = useState<string[]>([]);
  const [days, setDays] = useState<(typeof LIVES)[number]>(90);
  const create = useMutation({
    mutationFn: () =>
      call<NewToken>("POST", "/me/tokens", {
        name,
        limits: rights === "all" ? null : [{ actions: RIGHTS[rights], repositories }],
        addresses: addresses.length === 0 ? null : addresses,
        expiresAt: Date.now() + days * DAY,
      }),
    onSuccess: onMade,
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    create.mutate();
  }

  const made = create.data;
  return (
    <Dialog
      onClose={onClose}
      closesOutside={made === undefined}
      title={made === undefined ? t("tokens.create") : t("tokens.secretTitle")}
    >
      {made !== undefined ? (
        <Stack>
          <Text>{t("tokens.secretIntro")}</Text>
          <Code block className="wraps" data-testid="token-secret">
            {made.secret}
          </Code>
          <CopyButton text={made.secret} />
          <Text>{t("tokens.login")}</Text>
          <Code block tabIndex={0}>{`docker login -u ${userName} ${location.host}`}</Code>
          <Button variant="default" onClick={onClose}>
            {t("app.close")}
          </Button>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("tokens.name")}
              required
              maxLength={64}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t("tokens.rights")}
              data={CHOICES.map((each) => ({ value: each, label: t(`tokens.${each}`) }))}
              value={rights}
              onChange={(value) => setRights(CHOICES.find((each) => each === value) ?? "pull")}
              allowDeselect={false}
            />
            {rights !== "all" && (
              <TagsInput
                label={t("tokens.repositories")}
                description={t("tokens.repositoriesHint")}
                required
                value={repositories}
                onChange={setRepositories}
              />
            )}
            <TagsInput
              label={t("tokens.addresses")}
              description={t("tokens.addressesHint")}
              value={addresses}
              onChange={setAddresses}
            />
            <Select
              label={t("tokens.expires")}
              data={LIVES.map((count) => ({
                value: String(count),
                label: t("tokens.days", { count }),
              }))}
              value={String(days)}
              onChange={(value) => setDays(LIVES.find((each) => String(each) === value) ?? 90)}
              allowDeselect={false}
            />
            <ProblemAlert error={create.error} />
            <Button type="submit" loading={create.isPending}>
              {t("tokens.create")}
            </Button>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
