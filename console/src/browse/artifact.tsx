import { Anchor, Badge, Code, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place, shortDigest } from "../api/names.ts";
import { Empty } from "../ui/empty.tsx";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { useSize } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { PullCommand } from "./commands.tsx";
import { KeptBecause } from "./kept.tsx";
import { KindBadge } from "./kind-badge.tsx";
import { ArtifactLink } from "./links.tsx";
import { type ManifestText, readManifest } from "./manifest.ts";

type Artifact = Schemas["Artifact"];

/** Characters from which on a text may not fit into its place. */
const LONG = 200;

/** What people wrote of something: as text, whatever it holds. */
export function Pairs({
  label,
  pairs,
}: {
  readonly label: string;
  readonly pairs: Readonly<Record<string, string>>;
}) {
  return (
    <Table aria-label={label} layout="fixed" className="pairs">
      <tbody>
        {Object.entries(pairs).map(([name, value]) => (
          <tr key={name}>
            <th scope="row" className="wraps">
              {name}
            </th>
            <td>
              {/* Some write whole books here; whoever has no mouse goes through them as well. */}
              <div className="wraps value" tabIndex={value.length > LONG ? 0 : undefined}>
                {value}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What something is and how to get it. */
export function Overview({
  place,
  artifact,
}: {
  readonly place: Place;
  readonly artifact: Artifact;
}) {
  const { t } = useTranslation();
  const { digest, kind, mediaType, artifactType, subject, annotations, tags, tagCount } = artifact;
  const [tag] = tags;
  const reference =
    tag === undefined ? `${fullName(place)}@${digest}` : `${fullName(place)}:${tag}`;
  return (
    <Stack>
      <Group gap="xs">
        <KindBadge kind={kind} />
        <Text size="sm" c="dimmed">
          <Time at={artifact.pushedAt} />
          {artifact.pushedBy === null ? "" : ` · ${artifact.pushedBy.name}`}
        </Text>
      </Group>
      <PullCommand reference={reference} kind={kind} />
      <Table aria-label={t("browse.artifact.overview")} layout="fixed">
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row" w="30%">
              {t("browse.digest")}
            </Table.Th>
            <Table.Td className="wraps">{digest}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row" w="30%">
              {t("browse.artifact.mediaType")}
            </Table.Th>
            <Table.Td className="wraps">{mediaType}</Table.Td>
          </Table.Tr>
          {artifactType !== null && (
            <Table.Tr>
              <Table.Th scope="row" w="30%">
                {t("browse.artifact.artifactType")}
              </Table.Th>
              <Table.Td className="wraps">{artifactType}</Table.Td>
            </Table.Tr>
          )}
          {subject !== null && (
            <Table.Tr>
              <Table.Th scope="row" w="30%">
                {t("browse.artifact.subject")}
              </Table.Th>
              <Table.Td>
                <ArtifactLink place={place} reference={subject} />
              </Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
      </Table>
      {tagCount > 0 && (
        <Group gap="xs">
          <Text fw={600}>{t("browse.tags")}</Text>
          {tags.map((each) => (
            <Badge key={each} variant="default" tt="none">
              <ArtifactLink place={place} reference={each} />
            </Badge>
          ))}
        </Group>
      )}
      <KeptBecause place={place} digest={digest} />
      {Object.keys(annotations).length > 0 && (
        <>
          <Title order={2} size="h4">
            {t("browse.artifact.annotations")}
          </Title>
          <Pairs label={t("browse.artifact.annotations")} pairs={annotations} />
        </>
      )}
    </Stack>
  );
}

function useManifest(place: Place, digest: string) {
  return useQuery({
    queryKey: ["manifest", fullName(place), digest],
    // What a digest names never changes; each reading is a pull.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<ManifestText> =>
      readManifest(await ask("getManifest", { params: { ...place, reference: digest } })),
  });
}

/** The parts that a manifest is made of: blobs to download, or the manifests of an index. */
export function Parts({ place, digest }: { readonly place: Place; readonly digest: string }) {
  const { t } = useTranslation();
  const size = useSize();
  const query = useManifest(place, digest);
  return (
    <Loaded query={query}>
      {({ blobs, children, total }) => (
        <Stack>
          <Text>{t("browse.artifact.total", { size: size(total) })}</Text>
          {children.length > 0 && (
            <Entries label={t("browse.artifact.platforms")}>
              {children.map((child) => (
                <Entry key={child.digest} name={child.platform ?? t("browse.artifact.noPlatform")}>
                  <ArtifactLink place={place} reference={child.digest} />
                  <Fact>{child.mediaType}</Fact>
                </Entry>
              ))}
            </Entries>
          )}
          {blobs.length > 0 && (
            <Entries label={t("browse.artifact.parts")}>
              {blobs.map((blob, at) => (
                <Entry
                  // A manifest may name one blob twice.
                  key={`${at} ${blob.digest}`}
                  name={shortDigest(blob.digest)}
                  exact={blob.digest}
                  badge={size(blob.size)}
                  action={
                    <Anchor
                      size="sm"
                      href={`/api/v1/projects/${place.project}/repositories/${encodeURIComponent(place.repository)}/blobs/${encodeURIComponent(blob.digest)}/content`}
                      download={blob.title ?? blob.digest.replace(":", "-")}
                    >
                      {t("browse.artifact.download")}
                    </Anchor>
                  }
                >
                  {blob.title !== undefined && <Text size="sm">{blob.title}</Text>}
                  <Fact>{blob.mediaType}</Fact>
                </Entry>
              ))}
            </Entries>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

/** The manifest itself. */
export function RawManifest({ place, digest }: { readonly place: Place; readonly digest: string }) {
  const query = useManifest(place, digest);
  return (
    <Loaded query={query}>
      {({ text }) => (
        <Code block tabIndex={0} className="wraps">
          {text}
        </Code>
      )}
    </Loaded>
  );
}

/** Signatures, SBOMs, attestations: what names this manifest as its subject. */
export function Referrers({ place, digest }: { readonly place: Place; readonly digest: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ["referrers", fullName(place), digest],
    queryFn: () =>
      ask("listReferrers", { params: { ...place, reference: digest }, query: { limit: 200 } }),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty words={t("browse.artifact.noReferrers")} />
        ) : (
          <Entries label={t("browse.artifact.referrers")}>
            {items.map((each) => (
              <Entry key={each.digest} name={t(`browse.kind.${each.kind}`)}>
                <ArtifactLink place={place} reference={each.digest} />
                <Fact>
                  {each.artifactType ?? each.mediaType} · <Time at={each.pushedAt} />
                </Fact>
              </Entry>
            ))}
          </Entries>
        )
      }
    </Loaded>
  );
}
