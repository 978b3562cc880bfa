import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { z } from "zod";
import { copyArtifact } from "../../../client/copy/copier.ts";
import { misuse } from "../complaint.ts";
import { Inputs, type RemoteContext } from "../connection.ts";
import { dataText, formatOf, type OutputFlags, paintFor } from "../output.ts";
import { sizeText } from "../sizes.ts";
import { lines } from "../table.ts";
import { addAction, OUTPUT, type VerbOption } from "../verb.ts";
import { view } from "../views.ts";
import { placeFor } from "./place.ts";
import { CopyProgress } from "./progress.ts";

interface Flags extends OutputFlags {
  readonly referrers?: boolean;
  readonly jobs?: string;
  readonly sourceUser?: string;
  readonly sourcePasswordFile?: string;
  readonly targetUser?: string;
  readonly targetPasswordFile?: string;
  readonly server?: string;
  readonly caFile?: string;
}

const OPTIONS: readonly VerbOption[] = [
  {
    flags: "--referrers",
    words: {
      en: "and what refers to it: signatures, SBOMs, attestations",
      zh: "同时复制引用它的制品：签名、SBOM、证明",
    },
  },
  {
    flags: "--jobs <count>",
    words: { en: "how many blobs at a time; else 4", zh: "同时复制的数据块数；默认 4" },
  },
];

const ENDS: readonly VerbOption[] = [
  {
    flags: "--server <url>",
    words: {
      en: "of a name that names no server (or ENTREPOT_SERVER; else http://127.0.0.1:5000)",
      zh: "名称未指明服务时使用（或 ENTREPOT_SERVER；默认 http://127.0.0.1:5000）",
    },
  },
  {
    flags: "--source-user <name>",
    words: {
      en: "log in to the source by name; else by docker's store",
      zh: "源的用户名；默认使用 docker 保存的登录",
    },
  },
  {
    flags: "--source-password-file <file>",
    words: {
      en: "its password or token, `-` for standard input",
      zh: "其密码或令牌文件，`-` 表示标准输入",
    },
  },
  { flags: "--target-user <name>", words: { en: "the same of the target", zh: "目标的用户名" } },
  {
    flags: "--target-password-file <file>",
    words: {
      en: "its password or token, `-` for standard input",
      zh: "其密码或令牌文件，`-` 表示标准输入",
    },
  },
  {
    flags: "--ca-file <file>",
    words: {
      en: "certificates (PEM) to trust besides the system's",
      zh: "除系统证书外还信任的证书（PEM）",
    },
  },
];

const USUAL_JOBS = 4;
const MOST_JOBS = 32;

const count = z.number();

const copiedView = view(
  z.object({
    source: z.string(),
    target: z.string(),
    digest: z.string(),
    mediaType: z.string(),
    manifests: z.object({ copied: count, existing: count }),
    blobs: z.object({ copied: count, mounted: count, existing: count }),
    bytes: count,
    referrers: count,
  }),
  [
    { title: { en: "Target", zh: "目标" }, of: ({ target }) => target },
    { title: { en: "Digest", zh: "摘要" }, of: ({ digest }) => digest },
    { title: { en: "Manifests copied", zh: "已复制清单" }, of: (each) => each.manifests.copied },
    { title: { en: "Already there", zh: "已存在清单" }, of: (each) => each.manifests.existing },
    { title: { en: "Blobs copied", zh: "已复制数据块" }, of: ({ blobs }) => blobs.copied },
    { title: { en: "Linked", zh: "已关联数据块" }, of: ({ blobs }) => blobs.mounted },
    { title: { en: "Already there", zh: "已存在数据块" }, of: ({ blobs }) => blobs.existing },
    { title: { en: "Sent", zh: "已发送" }, of: ({ bytes }) => sizeText(bytes) },
  ],
);

function jobsOf(text: string | undefined): number {
  const jobs = text === undefined ? USUAL_JOBS : Number(text);
  if (Number.isSafeInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw misuse(`--jobs is a number from 1 to ${MOST_JOBS}`, `--jobs 须为 1 到 ${MOST_JOBS} 的整数`);
}

/** Hangs in `entrepot copy`. */
export function addCopy(program: Command, context: RemoteContext): void {
  const { language, streams, env } = context;
  addAction<Flags>(
    program,
    context,
    {
      usage: "copy <source> <target>",
      words: {
        en: "copy an image or any artifact, of any registry to any registry",
        zh: "在任意仓库服务之间复制镜像或其他制品",
      },
      example: [
        "entrepot copy registry.example.com/team/app:v1 mirror.example.com/team/app",
        "entrepot copy --referrers team/app:v1 team/released:v1",
      ],
      options: OPTIONS,
      async run([from = "", to = ""], flags) {
        const inputs = new Inputs(streams);
        const { server } = flags;
        const ca = flags.caFile === undefined ? undefined : await inputs.text(flags.caFile);
        const jobs = jobsOf(flags.jobs);
        const source = await placeFor(
          {
            name: from,
            user: flags.sourceUser,
            passwordFile: flags.sourcePasswordFile,
            server,
            ca,
          },
          context,
          inputs,
        );
        const target = await placeFor(
          { name: to, user: flags.targetUser, passwordFile: flags.targetPasswordFile, server, ca },
          context,
          inputs,
        );
        if (target.name.digest !== undefined) {
          throw misuse(
            "the target is a repository, perhaps with a tag; the digest comes of what is copied",
            "目标为仓库（可带标签），摘要由内容决定",
          );
        }
        const { tag: sourceTag, digest } = source.name;
        const usualTag = digest === undefined ? "latest" : undefined;
        const tag = target.name.tag ?? sourceTag ?? usualTag;
        const format = formatOf(flags);
        const progress = new CopyProgress(streams, language, format !== "table");
        const copied = await copyArtifact({
          source: source.place,
          reference: digest ?? sourceTag ?? "latest",
          target: target.place,
          tag,
          referrers: flags.referrers === true,
          jobs,
          wait: (milliseconds) => sleep(milliseconds),
          events: progress,
        }).finally(() => progress.close());
        const shown = tag === undefined ? `@${copied.digest}` : `:${tag}`;
        const answer = {
          source: `${source.url.host}/${source.name.repository}`,
          target: `${target.url.host}/${target.name.repository}${shown}`,
          ...copied,
        };
        const paint = paintFor(streams.screen?.out === true, env);
        const text =
          format === "table"
            ? lines(answer, copiedView.columns, language, paint)
            : dataText(answer, format);
        await streams.out([text]);
      },
    },
    [
      { heading: "connection", options: ENDS },
      { heading: "output", options: OUTPUT },
    ],
  );
}
