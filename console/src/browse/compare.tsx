import { Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../../src/client/api/shapes.gen.ts";
import { ask } from "../api/ask.ts";
import { fullName, type Place, placeOf, shortDigest } from "../api/names.ts";
import { useSize } from "../ui/figure.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { DifferenceBadge, FileChanges } from "./compare-files.tsx";
import type { CompareState } from "./compare-state.ts";
import { Standing } from "./insight.tsx";
import { ArtifactLink } from "./links.tsx";

type Comparison = Schemas["Comparison"];

const AGAIN = 2_000;

function Sizes({ comparison }: { readonly comparison: Comparison }) {
  const { t, i18n } = useTranslation();
  const size = useSize();
  const { from, to } = comparison.size;
  if (from === null || to === null) return null;
  const more = to - from;
  const sign = new Intl.NumberFormat(i18n.language, { signDisplay: "exceptZero" })
    .formatToParts(Math.sign(more))
    .find(({ type }) => type === "plusSign" || type === "minusSign")?.value;
  return (
    <Text>
      {t("compare.sizes", {
        from: size(from),
        to: size(to),
        more: `${sign ?? ""}${size(Math.abs(more))}`,
      })}
    </Text>
  );
}

function Config({ config }: Pick<Comparison, "config">) {
  const { t } = useTranslation();
  if (config.length === 0) return <Text>{t("compare.noConfig")}</Text>;
  return (
    <Table role="table" aria-label={t("compare.config")} className="cards" layout="fixed">
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          <Table.Th role="columnheader">{t("compare.key")}</Table.Th>
          <Table.Th role="columnheader">{t("compare.from")}</Table.Th>
          <Table.Th role="columnheader">{t("compare.to")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {config.map(({ path, from, to }) => (
          <Table.Tr key={path} role="row">
            <Table.Td role="cell" data-label={t("compare.key")}>
              <div className="card-cell wraps">{path}</div>
            </Table.Td>
            <Table.Td role="cell" data-label={t("compare.from")}>
              <div className="card-cell wraps">{from ?? "–"}</div>
            </Table.Td>
            <Table.Td role="cell" data-label={t("compare.to")}>
              <div className="card-cell wraps">{to ?? "–"}</div>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Layers({ layers }: Pick<Comparison, "layers">) {
  const { t } = useTranslation();
  const size = useSize();
  if (layers.length === 0) return <Text>{t("browse.insight.noLayers")}</Text>;
  return (
    <Table role="table" aria-label={t("browse.insight.layers")} className="cards">
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          <Table.Th role="columnheader">{t("compare.what")}</Table.Th>
          <Table.Th role="columnheader">{t("browse.digest")}</Table.Th>
          <Table.Th role="columnheader">{t("compare.command")}</Table.Th>
          <Table.Th role="columnheader" ta="right">
            {t("compare.size")}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {layers.map(({ status, digest, size: bytes, command }, at) => (
          // An image may have one layer twice.
          <Table.Tr key={`${at} ${status} ${digest}`} role="row">
            <Table.Td role="cell" data-label={t("compare.what")}>
              <DifferenceBadge status={status} />
            </Table.Td>
            <Table.Td role="cell" data-label={t("browse.digest")}>
              <code className="digest" title={digest}>
                {shortDigest(digest)}
              </code>
            </Table.Td>
            <Table.Td role="cell" data-label={t("compare.command")}>
              <Text size="sm" className="card-cell wraps">
                {command}
              </Text>
            </Table.Td>
            <Table.Td role="cell" data-label={t("compare.size")} ta="right">
              {size(bytes)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Two images side by side: sizes, layers, configs, files. */
export function Compare({
  place,
  state,
}: {
  readonly place: Place;
  readonly state: CompareState & { readonly from: string; readonly to: string };
}) {
  const { t } = useTranslation();
  const { from, to, other } = state;
  const compared = { from, to, ...(other === undefined ? {} : { otherRepository: other }) };
  const query = useQuery({
    queryKey: ["compare", fullName(place), compared],
    queryFn: () => ask("compareArtifacts", { params: { ...place }, query: compared }),
    refetchInterval: ({ state: { data } }) => (data?.state === "pending" ? AGAIN : false),
  });
  return (
    <Loaded query={query}>
      {(comparison) => (
        <Stack gap="lg">
          <Standing insight={{ state: comparison.state, failure: null }} />
          <Text>
            <ArtifactLink place={place} reference={comparison.from.digest}>
              {from}
            </ArtifactLink>
            {" → "}
            <ArtifactLink
              place={other === undefined ? place : placeOf(other)}
              reference={comparison.to.digest}
            >
              {to}
            </ArtifactLink>
          </Text>
          {comparison.from.digest === comparison.to.digest ? (
            <Text role="status">{t("compare.same")}</Text>
          ) : (
            <>
              <Sizes comparison={comparison} />
              <Stack component="section" aria-labelledby="compare-config">
                <Title order={2} size="h3" id="compare-config">
                  {t("compare.config")}
                </Title>
                <Config config={comparison.config} />
              </Stack>
              <Stack component="section" aria-labelledby="compare-layers">
                <Title order={2} size="h3" id="compare-layers">
                  {t("browse.insight.layers")}
                </Title>
                <Layers layers={comparison.layers} />
              </Stack>
              <FileChanges place={place} compared={compared} />
            </>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
