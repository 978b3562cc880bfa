import type { ChartTexts } from "../analyst/task.ts";
import type { ChartInsight } from "./insight.ts";
import { fieldsOf, listOf, textOf, textsOf } from "./rules-pick.ts";

export const CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json";
export const CHART_CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** What a chart's config, which is its `Chart.yaml` as JSON, says; with the texts it brings. */
export function readChart(json: unknown, texts: ChartTexts): ChartInsight {
  const chart = fieldsOf(json);
  return {
    name: textOf(chart.name, 255) ?? "",
    version: textOf(chart.version, 255) ?? "",
    appVersion: textOf(chart.appVersion, 255),
    apiVersion: textOf(chart.apiVersion, 32) ?? "",
    type: textOf(chart.type, 32),
    description: textOf(chart.description),
    home: textOf(chart.home, 2_048),
    icon: textOf(chart.icon, 2_048),
    keywords: textsOf(chart.keywords),
    sources: textsOf(chart.sources),
    maintainers: listOf(chart.maintainers).map((each) => {
      const { name, email, url } = fieldsOf(each);
      return { name: textOf(name, 255) ?? "", email: textOf(email, 255), url: textOf(url, 2_048) };
    }),
    dependencies: listOf(chart.dependencies).map((each) => {
      const { name, version, repository, condition } = fieldsOf(each);
      return {
        name: textOf(name, 255) ?? "",
        version: textOf(version, 255) ?? "",
        repository: textOf(repository, 2_048),
        condition: textOf(condition, 1_024),
      };
    }),
    values: texts.values,
    readme: texts.readme,
  };
}
