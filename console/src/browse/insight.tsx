import { Alert, Code, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import type { Place } from "../api/names.ts";
import { shortDigest } from "../api/names.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { Empty } from "../ui/empty.tsx";
import { Entries, Entry, Fact } from "../ui/entry.tsx";
import { useSize } from "../ui/figure.tsx";
import { Time } from "../ui/time.tsx";
import { Pairs } from "./artifact.tsx";
import { ArtifactLink } from "./links.tsx";

type Insight = Schemas["Insight"];

/** Whether it was looked into yet, and why not. */
export function Standing({ insight }: { readonly insight: Pick<Insight, "state" | "failure"> }) {
  const { t } = useTranslation();
  if (insight.state === "ready") return null;
  if (insight.state === "pending") {
    return (
      <Alert variant="light" role="status">
        {t("browse.insight.pending")}
      </Alert>
    );
  }
  return (
    <Alert color="yellow" variant="light" role="status">
      {t("browse.insight.failed", { why: insight.failure ?? "" })}
    </Alert>
  );
}

/** What the config of an image says. */
export function ImageConfig({ insight }: { readonly insight: Insight }) {
  const { t } = useTranslation();
  const size = useSize();
  const { image, totalSize, uniqueSize, createdAt } = insight;
  const facts: Record<string, string> = {};
  if (totalSize !== null) facts[t("browse.insight.total")] = size(totalSize);
  if (uniqueSize !== null) facts[t("browse.insight.unique")] = size(uniqueSize);
  if (image !== null) {
    const { os, architecture, variant, entrypoint, cmd, user, workingDir, exposedPorts } = image;
    const platform = [os, architecture, variant].filter((part) => part !== null);
    if (platform.length > 0) facts[t("browse.insight.platform")] = platform.join("/");
    if (entrypoint !== null) facts.ENTRYPOINT = JSON.stringify(entrypoint);
    if (cmd !== null) facts.CMD = JSON.stringify(cmd);
    if (user !== null && user !== "") facts.USER = user;
    if (workingDir !== null && workingDir !== "") facts.WORKDIR = workingDir;
    if (exposedPorts.length > 0) facts.EXPOSE = exposedPorts.join(" ");
  }
  return (
    <Stack>
      {createdAt !== null && (
        <Text size="sm" c="dimmed">
          {t("browse.insight.created")}: <Time at={createdAt} />
        </Text>
      )}
      {Object.keys(facts).length > 0 && <Pairs label={t("browse.insight.config")} pairs={facts} />}
      {image !== null && image.env.length > 0 && (
        <>
          <Title order={2} size="h4">
            {t("browse.insight.environment")}
          </Title>
          <Code block tabIndex={0} className="wraps">
            {image.env.join("\n")}
          </Code>
        </>
      )}
      {image !== null && Object.keys(image.labels).length > 0 && (
        <>
          <Title order={2} size="h4">
            {t("browse.insight.labels")}
          </Title>
          <Pairs label={t("browse.insight.labels")} pairs={image.labels} />
        </>
      )}
    </Stack>
  );
}

/** The layers of an image with what made each. */
export function Layers({ place, insight }: { readonly place: Place; readonly insight: Insight }) {
  const { t } = useTranslation();
  const size = useSize();
  const { layers, children } = insight;
  if (children.length > 0) {
    return (
      <Entries label={t("browse.artifact.platforms")}>
        {children.map(({ digest, platform, totalSize, mediaType, present }) => (
          <Entry
            key={digest}
            name={
              platform === null
                ? t("browse.artifact.noPlatform")
                : [platform.os, platform.architecture, platform.variant]
                    .filter((part) => part !== null)
                    .join("/")
            }
            badge={totalSize === null ? undefined : size(totalSize)}
          >
            {present ? (
              <ArtifactLink place={place} reference={digest} />
            ) : (
              <Fact>{`${shortDigest(digest)} · ${t("browse.insight.absent")}`}</Fact>
            )}
            <Fact>{mediaType}</Fact>
          </Entry>
        ))}
      </Entries>
    );
  }
  if (layers.length === 0) return <Empty words={t("browse.insight.noLayers")} />;
  return (
    <Entries label={t("browse.insight.layers")}>
      {layers.map(({ digest, size: bytes, command, comment, sharedWith }, at) => (
        <Entry
          key={`${at} ${digest}`}
          name={digest === null ? t("browse.insight.empty") : shortDigest(digest)}
          exact={digest ?? undefined}
          badge={digest === null ? undefined : size(bytes)}
        >
          {command !== null && <Code className="wraps">{command}</Code>}
          {comment !== null && comment !== "" && <Fact>{comment}</Fact>}
          {sharedWith > 0 && <Fact>{t("browse.insight.shared", { count: sharedWith })}</Fact>}
        </Entry>
      ))}
    </Entries>
  );
}

/** What a Helm chart says of itself. */
function Chart({ chart }: { readonly chart: NonNullable<Insight["chart"]> }) {
  const { t } = useTranslation();
  const { name, version, appVersion, description, home, keywords, sources } = chart;
  const facts: Record<string, string> = {};
  if (appVersion !== null) facts[t("browse.chart.appVersion")] = appVersion;
  if (home !== null) facts[t("browse.chart.home")] = home;
  if (sources.length > 0) facts[t("browse.chart.sources")] = sources.join("\n");
  if (keywords.length > 0) facts[t("browse.chart.keywords")] = keywords.join(", ");
  if (chart.maintainers.length > 0) {
    const told = chart.maintainers.map((each) =>
      [each.name, each.email].filter(Boolean).join(" · "),
    );
    facts[t("browse.chart.maintainers")] = told.join("\n");
  }
  return (
    <>
      <Title order={2} size="h4" className="wraps">{`${name} ${version}`}</Title>
      {description !== null && <Text className="wraps">{description}</Text>}
      {Object.keys(facts).length > 0 && <Pairs label={t("browse.kind.chart")} pairs={facts} />}
      {chart.dependencies.length > 0 && (
        <>
          <Title order={2} size="h4">
            {t("browse.chart.dependencies")}
          </Title>
          <Pairs
            label={t("browse.chart.dependencies")}
            pairs={Object.fromEntries(chart.dependencies.map((each) => [each.name, each.version]))}
          />
        </>
      )}
      {chart.values !== null && (
        <>
          <Title order={2} size="h4">
            {t("browse.chart.values")}
          </Title>
          <Code block tabIndex={0} className="wraps value">
            {chart.values}
          </Code>
        </>
      )}
    </>
  );
}

/** What a Helm chart says of itself, and the words that come with an artifact. */
export function ChartAndReadme({ insight }: { readonly insight: Insight }) {
  const { t } = useTranslation();
  const { chart, readme } = insight;
  if (chart === null && readme === null) return null;
  return (
    <Stack>
      {chart !== null && <Chart chart={chart} />}
      {readme !== null && (
        <>
          <Title order={2} size="h4">
            {t("browse.insight.readme")}
          </Title>
          <Markdown text={readme.markdown} />
        </>
      )}
    </Stack>
  );
}
