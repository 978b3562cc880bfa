import type { Command } from "commander";
import { z } from "zod";
import type { RemoteContext } from "../connection.ts";
import { artifactView } from "../content-views.ts";
import { referencePlace } from "../reference.ts";
import { type Remote, read } from "../remote.ts";
import type { Column } from "../table.ts";
import { addVerb } from "../verb.ts";
import type { Words } from "../words.ts";
import {
  chartColumns,
  childColumns,
  type Insight,
  imageColumns,
  insight,
  insightColumns,
  layerColumns,
} from "./insight-views.ts";

const HEADS = {
  config: { en: "Config:", zh: "配置：" },
  layers: { en: "Layers:", zh: "层：" },
  children: { en: "Platforms and parts:", zh: "平台与组成部分：" },
  chart: { en: "Chart:", zh: "Chart：" },
} as const;

const PENDING = {
  en: "what is in it has not been looked into yet; ask again in a moment",
  zh: "内容尚未分析完成，请稍后再试",
};
const FAILED = {
  en: "not all of it could be looked into: {failure}",
  zh: "部分内容无法分析：{failure}",
};
const README = {
  en: "it has a README: --readme prints it",
  zh: "含有 README：可用 --readme 输出",
};

const withReadme = z.object({
  readme: z.object({ source: z.string(), markdown: z.string() }).nullable(),
});

/** What there is to say of a thing; a line about nothing is left out. */
function filled<T>(item: T, columns: readonly Column<T>[]): Column<T>[] {
  return columns.filter(({ of }) => {
    const cell = of(item);
    const isEmpty = typeof cell === "object" && cell !== null && cell.length === 0;
    return cell !== null && cell !== undefined && cell !== "" && !isEmpty;
  });
}

/** A line about one thing among lines about others. */
function of<T>({ title, of: cell }: Column<T>, item: T): Column<undefined> {
  return { title, of: () => cell(item) };
}

/** All that is known of it, for a person. */
function tell(remote: Remote, body: unknown, found: Insight): string {
  const { image, layers, children, chart } = found;
  const artifact = read(artifactView.shape, body);
  const about = [
    ...artifactView.columns.map((column) => of(column, artifact)),
    ...insightColumns.map((column) => of(column, found)),
  ];
  const parts: string[] = [remote.lines(undefined, filled(undefined, about))];
  const add = (head: Words, part: string) => {
    if (part !== "") parts.push(`${head[remote.language]}\n${part}`);
  };
  if (image !== null) add(HEADS.config, remote.lines(image, filled(image, imageColumns)));
  if (chart !== null) add(HEADS.chart, remote.lines(chart, filled(chart, chartColumns)));
  if (children.length > 0) add(HEADS.children, remote.table(children, childColumns));
  if (layers.length > 0) add(HEADS.layers, remote.table(layers, layerColumns));
  return parts.join("\n");
}

/** `entrepot inspect`: what a tag or a digest is, and what is in it. */
export function addInspect(program: Command, context: RemoteContext): void {
  addVerb<{ readonly readme?: boolean }>(program, context, {
    usage: "inspect <reference>",
    names: 1,
    words: {
      en: "show what a tag or a digest is: config, layers, platforms, chart",
      zh: "查看标签或摘要所指的制品：配置、层、平台、Chart",
    },
    example: ["entrepot inspect team/web/api:1.4.2", "entrepot inspect team/chart:2.0 --readme"],
    options: [{ flags: "--readme", words: { en: "its README alone", zh: "仅输出 README" } }],
    async run(remote, [given = ""], { readme }) {
      const { project, repository, reference } = referencePlace(given);
      const params = { project, repository, reference };
      const body = await remote.rest.ask("getArtifact", { params });
      if (readme === true) {
        const { insight: there } = read(z.object({ insight: withReadme }), body);
        if (remote.isData) return await remote.print(remote.dataText(there));
        return await remote.text(there.readme?.markdown ?? "");
      }
      if (remote.isData) return await remote.print(remote.dataText(body));
      const { insight: found } = read(z.object({ insight }), body);
      await remote.print(tell(remote, body, found));
      if (found.state === "pending") await remote.note(PENDING);
      if (found.failure !== null) await remote.note(FAILED, { failure: found.failure });
      if (found.readme !== null) await remote.note(README);
    },
  });
}
