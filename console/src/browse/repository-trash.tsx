import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { fullName, type Place, shortDigest } from "../api/names.ts";
import { useMay, useMayIn } from "../api/rights.ts";
import { ListTable } from "../manage/list/list-table.tsx";
import { useList } from "../manage/list/use-list.ts";
import { Nothing, Section } from "../manage/page.tsx";
import { useWayOut } from "../manage/trash/use-way-out.tsx";
import { WayOut } from "../manage/trash/way-out.tsx";
import { Time } from "../ui/time.tsx";
import { KindBadge } from "./kind-badge.tsx";

type Artifact = Schemas["DeletedArtifact"];
type Tag = Schemas["DeletedTag"];

const READ_ANEW = ["deleted-artifacts", "deleted-tags", "tags", "repository", "history"];

function pathOf({ project, repository }: Place): string {
  return `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(repository)}`;
}

function Artifacts({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const may = useMay(place.project);
  const at = `${pathOf(place)}/deleted-artifacts`;
  const list = useList<Artifact>("deleted-artifacts", at);
  const { restore, empty, shown } = useWayOut(...READ_ANEW);
  const lying = ({ digest }: Artifact) => ({ name: shortDigest(digest), path: `${at}/${digest}` });
  return (
    <Section title={t("trash.artifacts")} intro={t("trash.artifactsIntro")}>
      {shown}
      <ListTable
        label={t("trash.artifacts")}
        list={list}
        keyOf={({ digest }) => digest}
        nameOf={({ digest }) => shortDigest(digest)}
        columns={[
          {
            id: "digest",
            title: t("browse.digest"),
            isFixed: true,
            cell: ({ digest }) => (
              <code className="digest" title={digest}>
                {shortDigest(digest)}
              </code>
            ),
          },
          { id: "kind", title: t("browse.what"), cell: ({ kind }) => <KindBadge kind={kind} /> },
          { id: "tags", title: t("browse.tags"), cell: ({ tags }) => tags.join(", ") },
          {
            id: "deleted",
            title: t("trash.deleted"),
            cell: ({ deletedAt }) => <Time at={deletedAt} />,
          },
          { id: "by", title: t("trash.by"), cell: ({ deletedBy }) => deletedBy?.name ?? "–" },
          {
            id: "kept",
            title: t("trash.kept"),
            cell: ({ keptUntil }) => <Time at={keptUntil} />,
          },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: (row) => (
              <WayOut
                name={shortDigest(row.digest)}
                onRestore={may("trash:restore") ? () => restore(lying(row)) : undefined}
                onEmpty={may("trash:empty") ? () => empty(lying(row)) : undefined}
              />
            ),
          },
        ]}
        empty={<Nothing words={t("trash.noArtifacts")} />}
      />
    </Section>
  );
}

function Tags({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  const may = useMayIn(fullName(place));
  const at = `${pathOf(place)}/deleted-tags`;
  const list = useList<Tag>("deleted-tags", at);
  const { restore, shown } = useWayOut(...READ_ANEW);
  return (
    <Section title={t("trash.tags")} intro={t("trash.tagsIntro")}>
      {shown}
      <ListTable
        label={t("trash.tags")}
        list={list}
        keyOf={({ tag }) => tag}
        nameOf={({ tag }) => tag}
        columns={[
          { id: "tag", title: t("browse.tag"), isFixed: true, cell: ({ tag }) => tag },
          {
            id: "digest",
            title: t("browse.digest"),
            cell: ({ digest }) => (
              <code className="digest" title={digest}>
                {shortDigest(digest)}
              </code>
            ),
          },
          {
            id: "image",
            title: t("trash.inTrash"),
            cell: ({ isInTrash }) => (isInTrash ? t("edit.yes") : t("edit.no")),
          },
          {
            id: "deleted",
            title: t("trash.deleted"),
            cell: ({ deletedAt }) => <Time at={deletedAt} />,
          },
          { id: "by", title: t("trash.by"), cell: ({ deletedBy }) => deletedBy?.name ?? "–" },
          {
            id: "actions",
            title: t("list.actions"),
            isFigure: true,
            cell: ({ tag }) => (
              <WayOut
                name={tag}
                onRestore={
                  may("repository:push")
                    ? () => restore({ name: tag, path: `${at}/${tag}` })
                    : undefined
                }
              />
            ),
          },
        ]}
        empty={<Nothing words={t("trash.noTags")} />}
      />
    </Section>
  );
}

/** What was deleted out of a repository. */
export function RepositoryTrash({ place }: { readonly place: Place }) {
  return (
    <>
      <Tags place={place} />
      <Artifacts place={place} />
    </>
  );
}
