import { Container, Stack, Tabs, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { fullName, shortDigest } from "../api/names.ts";
import { Overview, Parts, RawManifest, Referrers } from "../browse/artifact.tsx";
import { ArtifactActions } from "../browse/artifact-actions.tsx";
import { Files } from "../browse/files.tsx";
import { History } from "../browse/history.tsx";
import { ChartAndReadme, ImageConfig, Layers, Standing } from "../browse/insight.tsx";
import { ProjectLink, RepositoryLink, Trail } from "../browse/links.tsx";
import { artifactQuery } from "../browse/queries.ts";
import { Loaded } from "../ui/loaded.tsx";
import { artifactTabs } from "./artifact-tabs.ts";

const here = getRouteApi(
  "/open/projects/$project/repositories/$repository/artifacts/$reference/overview",
);

/** One manifest: what it is, what it is made of, what refers to it. */
export function ArtifactRoute() {
  const { t } = useTranslation();
  const { project, repository, reference } = here.useParams();
  const { tab = "overview" } = here.useSearch();
  const navigate = here.useNavigate();
  const place = { project, repository };
  // Only a tag has been elsewhere.
  const tabs = artifactTabs.filter((each) => each !== "history" || !reference.includes(":"));
  const shown = reference.includes(":") ? shortDigest(reference) : reference;
  useDocumentTitle(`${fullName(place)} ${shown} · ${t("app.name")}`);
  const query = useQuery(artifactQuery(place, reference));
  return (
    <Container size="xl">
      <Stack>
        <Trail>
          <ProjectLink name={project} />
          <RepositoryLink place={place}>{repository}</RepositoryLink>
          <Text span>{shown}</Text>
        </Trail>
        <Title order={1} className="wraps">
          {`${repository} ${shown}`}
        </Title>
        <Loaded query={query}>
          {(artifact) => (
            <>
              <ArtifactActions place={place} reference={reference} artifact={artifact} />
              <Tabs
                value={tab}
                keepMounted={false}
                onChange={(to) =>
                  void navigate({ search: { tab: artifactTabs.find((each) => each === to) } })
                }
              >
                <Tabs.List mb="md">
                  {tabs.map((each) => (
                    <Tabs.Tab key={each} value={each}>
                      {t(`browse.artifact.tab.${each}`)}
                    </Tabs.Tab>
                  ))}
                </Tabs.List>
                <Tabs.Panel value="overview">
                  <Stack>
                    <Standing insight={artifact.insight} />
                    <Overview place={place} artifact={artifact} />
                    <ImageConfig insight={artifact.insight} />
                    <ChartAndReadme insight={artifact.insight} />
                  </Stack>
                </Tabs.Panel>
                <Tabs.Panel value="layers">
                  <Standing insight={artifact.insight} />
                  <Layers place={place} insight={artifact.insight} />
                </Tabs.Panel>
                <Tabs.Panel value="files">
                  <Files place={place} digest={artifact.digest} />
                </Tabs.Panel>
                <Tabs.Panel value="parts">
                  <Parts place={place} digest={artifact.digest} />
                </Tabs.Panel>
                <Tabs.Panel value="referrers">
                  <Referrers place={place} digest={artifact.digest} />
                </Tabs.Panel>
                <Tabs.Panel value="manifest">
                  <RawManifest place={place} digest={artifact.digest} />
                </Tabs.Panel>
                <Tabs.Panel value="history">
                  <History place={place} tag={reference} />
                </Tabs.Panel>
              </Tabs>
            </>
          )}
        </Loaded>
      </Stack>
    </Container>
  );
}
