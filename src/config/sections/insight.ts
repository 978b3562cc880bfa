import { HOUR, SECOND } from "../../kernel/clock.ts";
import { key, section } from "../key.ts";
import { boolean, duration, integer, size } from "../kinds.ts";

export const insight = section(
  {
    en: "What is found out about artifacts, and the files of their layers.",
    zh: "制品分析与镜像层文件浏览。",
  },
  {
    enabled: key(boolean(), {
      default: true,
      en: "Whether artifacts are analysed and their files can be browsed.",
      zh: "是否分析制品并允许浏览其中的文件。",
    }),
    maxEntries: key(integer(1_000, 10_000_000), {
      default: 1_000_000,
      en: "The most entries of one layer that are listed; a layer with more is not.",
      zh: "单个层可列出的最大条目数；超过则不列出。",
    }),
    maxUnpacked: key(size(1_048_576), {
      default: "32GiB",
      en: "The most bytes that one layer may unpack to.",
      zh: "单个层解压后的最大字节数。",
    }),
    maxRatio: key(integer(10, 100_000), {
      default: 300,
      en: "How many times its size a layer may unpack to, beyond its first 256 MiB.",
      zh: "层解压后相对其大小的最大倍数（前 256 MiB 不计）。",
    }),
    timeLimit: key(duration(SECOND, 24 * HOUR), {
      default: "10m",
      en: "How long the analysis of one layer may take.",
      zh: "分析单个层的最长时间。",
    }),
    memoryLimit: key(size(134_217_728), {
      default: "1GiB",
      en: "How much memory the process that analyses may use.",
      zh: "分析进程可用的内存上限。",
    }),
  },
);
