import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../../client/rest.ts";
import { misuse } from "../complaint.ts";
import type { RemoteContext } from "../connection.ts";
import type { Tone } from "../output.ts";
import { type ReferencePlace, referencePlace } from "../reference.ts";
import { type Remote, read } from "../remote.ts";
import { sizeText } from "../sizes.ts";
import type { Column } from "../table.ts";
import { addVerb } from "../verb.ts";
import { view } from "../views.ts";
import { file, pathText } from "./files.ts";
import { settledList } from "./settle.ts";

const maybe = z.string().nullable();
const side = z.object({ digest: z.string() });
const layer = z.object({
  status: z.string(),
  digest: z.string(),
  size: z.number(),
  command: maybe,
});
const setting = z.object({ path: z.string(), from: maybe, to: maybe });
const comparison = z.object({
  state: z.string(),
  from: side,
  to: side,
  size: z.object({ from: z.number().nullable(), to: z.number().nullable() }),
  layers: z.array(layer),
  config: z.array(setting),
});
type Comparison = z.output<typeof comparison>;

const TONES: Readonly<Record<string, Tone>> = { added: "good", removed: "bad", same: "faint" };
const STATUS: Readonly<Record<string, { en: string; zh: string }>> = {
  same: { en: "same", zh: "相同" },
  added: { en: "added", zh: "新增" },
  removed: { en: "removed", zh: "移除" },
  changed: { en: "changed", zh: "变更" },
};
const WORDS = {
  size: { en: "Size", zh: "大小" },
  from: { en: "From", zh: "原" },
  to: { en: "To", zh: "新" },
  digest: { en: "Digest", zh: "摘要" },
  status: { en: "Layer", zh: "层" },
} as const;
const HEADS = {
  same: { en: "the two are the same", zh: "两者相同" },
  config: { en: "Config:", zh: "配置：" },
  layers: { en: "Layers:", zh: "层：" },
  pending: {
    en: "not all of it has been looked into yet; ask again in a moment",
    zh: "尚未全部分析完成，请稍后再试",
  },
  failed: {
    en: "a part could not be looked into; see `entrepot inspect` of both",
    zh: "部分内容无法分析；请分别查看 `entrepot inspect`",
  },
} as const;

function statusColumn<T extends { readonly status: string }>(
  language: "en" | "zh",
  title: { readonly en: string; readonly zh: string },
): Column<T> {
  return {
    title,
    of: ({ status }) => STATUS[status]?.[language] ?? status,
    tone: ({ status }) => TONES[status],
  };
}

function layerColumns(language: "en" | "zh"): Column<z.output<typeof layer>>[] {
  return [
    statusColumn(language, WORDS.status),
    { title: WORDS.size, of: ({ size }) => sizeText(size) },
    { title: WORDS.digest, of: ({ digest }) => digest },
    { title: { en: "Made by", zh: "由此生成" }, of: ({ command }) => command },
  ];
}

const CONFIG: readonly Column<z.output<typeof setting>>[] = [
  { title: { en: "Setting", zh: "设置项" }, of: (each) => each.path },
  { title: WORDS.from, of: ({ from }) => from },
  { title: WORDS.to, of: ({ to }) => to },
];

interface Side {
  readonly name: "from" | "to";
  readonly digest: string;
  readonly size: number | null;
}

function sideColumns(language: "en" | "zh"): Column<Side>[] {
  return [
    { title: { en: "Side", zh: "对比" }, of: ({ name }) => WORDS[name][language] },
    { title: WORDS.size, of: ({ size }) => sizeText(size) },
    { title: WORDS.digest, of: ({ digest }) => digest },
  ];
}

/** The comparison for a person. */
function tell(found: Comparison, remote: Remote): string {
  const { language } = remote;
  const sides = (["from", "to"] as const).map(
    (name): Side => ({ name, digest: found[name].digest, size: found.size[name] }),
  );
  const parts = [remote.table(sides, sideColumns(language))];
  if (found.config.length > 0) {
    parts.push(`${HEADS.config[language]}\n${remote.table(found.config, CONFIG)}`);
  }
  if (found.layers.length > 0) {
    parts.push(`${HEADS.layers[language]}\n${remote.table(found.layers, layerColumns(language))}`);
  }
  return parts.join("\n");
}

const change = z.object({
  path: z.string(),
  status: z.string(),
  from: file.nullable(),
  to: file.nullable(),
});

/** What became of a file, in few words: only what differs. */
function changeText({ from, to }: z.output<typeof change>): string {
  if (from === null || to === null) {
    const one = from ?? to;
    return (one?.type === "file" ? sizeText(one.size) : one?.type) ?? "";
  }
  const pairs: [unknown, unknown][] = [
    [from.type, to.type],
    [sizeText(from.size), sizeText(to.size)],
    [from.mode, to.mode],
    [`${from.uid}:${from.gid}`, `${to.uid}:${to.gid}`],
    [from.target, to.target],
  ];
  const told = pairs.filter(([one, other]) => one !== other);
  return told.map(([one, other]) => `${one} -> ${other}`).join(", ");
}

function changeView(language: "en" | "zh") {
  return view(change, [
    statusColumn(language, { en: "File", zh: "文件" }),
    { title: { en: "Path", zh: "路径" }, of: (each) => pathText(each.path) },
    { title: { en: "What", zh: "变化" }, of: changeText },
  ]);
}

/** Both sides; the second may be a tag or a digest of the first's repository alone. */
function sidesOf(from: string, to: string): { from: ReferencePlace; to: ReferencePlace } {
  const one = referencePlace(from);
  const isShort = /^[:@]/.test(to);
  const full = isShort ? `${one.project}/${one.repository}${to}` : to;
  return { from: one, to: referencePlace(full) };
}

/** How often one comes back to images that were pushed a moment ago. */
const MOST_ASKED = 20;
const PAUSE = 250;

async function compared(remote: Remote, target: string, query: Readonly<Record<string, string>>) {
  for (let asked = 1; ; asked += 1) {
    const answer = await remote.rest.call("GET", target, { query });
    const found = read(comparison, answer);
    if (found.state !== "pending" || asked === MOST_ASKED) return { answer, found };
    await sleep(PAUSE);
  }
}

interface Flags {
  readonly files?: boolean;
  readonly below?: string;
}

/** `entrepot diff`: two images side by side. */
export function addDiff(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "diff <from> <to>",
    names: 2,
    words: {
      en: "tell what differs between two images: sizes, config, layers, files. The second may be :TAG or @DIGEST alone",
      zh: "比较两个镜像的大小、配置、层与文件。第二个可只写 :标签 或 @摘要",
    },
    example: [
      "entrepot diff team/web/api:1.4 :1.5",
      "entrepot diff team/web/api:1.4 other/api:1.4 --files --below /etc",
    ],
    options: [
      {
        flags: "--files",
        words: { en: "the files that differ, instead", zh: "改为列出有差异的文件" },
      },
      {
        flags: "--below <directory>",
        words: { en: "only files below it", zh: "仅该目录之下的文件" },
      },
    ],
    async run(remote, [given = "", other = ""], { files, below }) {
      const { from, to } = sidesOf(given, other);
      const { project, repository } = from;
      const target = path`/projects/${project}/repositories/${repository}/compare`;
      const query = {
        from: from.reference,
        to: to.reference,
        otherRepository: `${to.project}/${to.repository}`,
      };
      if (files === true) {
        const changes = settledList(remote, `${target}/files`, { ...query, path: below });
        return await remote.showAll(changeView(remote.language), changes);
      }
      if (below !== undefined) {
        throw misuse("--below goes with --files", "--below 须与 --files 一起使用");
      }
      const { answer, found } = await compared(remote, target, query);
      await remote.print(remote.isData ? remote.dataText(answer) : tell(found, remote));
      if (found.from.digest === found.to.digest) await remote.note(HEADS.same);
      if (found.state === "pending") await remote.note(HEADS.pending);
      if (found.state === "failed") await remote.note(HEADS.failed);
    },
  });
}
