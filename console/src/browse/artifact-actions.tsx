import { Button, Group, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place } from "../api/names.ts";
import { useMayIn } from "../api/rights.ts";
import { useDraft } from "../manage/draft.ts";
import { FormDialog } from "../manage/form-dialog.tsx";
import { useNumber } from "../ui/figure.tsx";
import { Freed } from "./freed.tsx";

interface Props {
  readonly place: Place;
  /** What the page was asked for: a tag or a digest. */
  readonly reference: string;
  readonly artifact: Schemas["Artifact"];
}

interface DialogProps extends Props {
  readonly onClose: () => void;
}

/** Everything that is remembered of a repository is read anew. */
function useRefresh(place: Place) {
  const client = useQueryClient();
  const name = fullName(place);
  return () =>
    client.invalidateQueries({
      predicate: ({ queryKey: [kind, of] }) => kind === "repositories" || of === name,
    });
}

function SetTag({ place, artifact: { digest }, onClose }: DialogProps) {
  const { t } = useTranslation();
  const refresh = useRefresh(place);
  const draft = useDraft(`tag:${fullName(place)}@${digest}`, { tag: "" });
  const { tag } = draft.value;
  const set = useMutation({
    mutationFn: () => ask("setTag", { params: { ...place, tag: tag.trim() }, body: { digest } }),
    onSuccess: async () => {
      draft.reset();
      onClose();
      await refresh();
    },
  });
  return (
    <FormDialog
      title={t("browse.act.tag")}
      submit={t("browse.act.tag")}
      isPending={set.isPending}
      error={set.error}
      onSubmit={() => set.mutate()}
      onClose={() => {
        draft.reset();
        onClose();
      }}
    >
      <TextInput
        label={t("browse.tag")}
        description={t("browse.act.tagHint")}
        required
        data-autofocus
        maxLength={128}
        pattern="[A-Za-z0-9_][A-Za-z0-9._\-]{0,127}"
        spellCheck={false}
        autoCapitalize="none"
        value={tag}
        onChange={(event) => draft.set({ tag: event.currentTarget.value })}
      />
    </FormDialog>
  );
}

function Delete({ place, artifact: { digest, tags, tagCount }, onClose }: DialogProps) {
  const { t } = useTranslation();
  const number = useNumber();
  const refresh = useRefresh(place);
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => ask("deleteArtifact", { params: { ...place, reference: digest } }),
    onSuccess: async () => {
      await navigate({
        to: "/projects/$project/repositories/$repository/tags",
        params: { ...place },
      });
      await refresh();
    },
  });
  return (
    <FormDialog
      title={t("browse.act.delete")}
      submit={t("browse.act.delete")}
      isDangerous
      isPending={remove.isPending}
      error={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    >
      <Text className="wraps">{digest}</Text>
      <Text>{t("browse.act.deleteWords")}</Text>
      <Freed {...place} reference={digest} />
      {tagCount > 0 && (
        <Text className="wraps">
          {t("browse.act.withTags", { count: tagCount, number: number(tagCount) })}{" "}
          <strong>{tags.slice(0, 10).join(", ")}</strong>
        </Text>
      )}
    </FormDialog>
  );
}

/** What can be done with a manifest, by whoever may. */
export function ArtifactActions(props: Props) {
  const { place, reference } = props;
  const { t } = useTranslation();
  const may = useMayIn(fullName(place));
  const [open, setOpen] = useState<"tag" | "delete">();
  const onClose = () => setOpen(undefined);
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        renderRoot={(button) => (
          <Link
            {...button}
            to="/projects/$project/repositories/$repository/compare"
            params={{ project: place.project, repository: place.repository }}
            search={{ from: reference }}
          />
        )}
      >
        {t("browse.act.compare")}
      </Button>
      {may("repository:push") && (
        <Button size="xs" variant="default" onClick={() => setOpen("tag")}>
          {t("browse.act.tag")}
        </Button>
      )}
      {may("repository:delete") && (
        <Button size="xs" variant="light" color="red" onClick={() => setOpen("delete")}>
          {t("browse.act.delete")}
        </Button>
      )}
      {open === "tag" && <SetTag {...props} onClose={onClose} />}
      {open === "delete" && <Delete {...props} onClose={onClose} />}
    </Group>
  );
}
