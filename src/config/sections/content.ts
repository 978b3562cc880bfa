import { DAY, MINUTE, SECOND } from "../../kernel/clock.ts";
import { key, section } from "../key.ts";
import { boolean, choice, duration, integer, optional, orWord, path, size } from "../kinds.ts";

const YEARS = 3_650 * DAY;

export const storage = section(
  { en: "Where the bytes are kept.", zh: "内容的存放位置。" },
  {
    path: key(optional(path()), {
      default: "",
      defaultMeans: { en: "`storage` in the data folder", zh: "数据目录下的 `storage`" },
      en: "The folder that holds blobs and unfinished uploads.",
      zh: "存放 blob 与未完成上传的目录。",
    }),
    minFreeBytes: key(size(0), {
      default: "1GiB",
      en: "With less free space than this, writes are refused (507) before the disk is full.",
      zh: "可用空间低于此值时，在磁盘写满之前拒绝写入（507）。",
    }),
    minFreePercent: key(integer(0, 90), {
      default: 2,
      en: "The same as a share of the whole disk; whichever is met first counts.",
      zh: "同上，按磁盘总量的百分比；先达到者生效。",
    }),
  },
);

export const projects = section(
  {
    en: "Projects, which own the first part of a repository's name.",
    zh: "项目；拥有仓库名的第一段。",
  },
  {
    autoCreate: key(choice("administrators", "never"), {
      default: "administrators",
      en: "Whose push creates a project that does not exist yet.",
      zh: "谁的推送可自动创建尚不存在的项目。",
    }),
  },
);

export const uploads = section(
  { en: "Uploads that are under way.", zh: "进行中的上传。" },
  {
    expireAfter: key(duration(MINUTE, YEARS), {
      default: "7d",
      en: "An upload that nobody continues is removed after this time.",
      zh: "无人继续的上传在此时长后清除。",
    }),
    maxPerPrincipal: key(integer(1, 100_000), {
      default: 100,
      en: "How many uploads one account may have open.",
      zh: "单个账户可同时打开的上传数。",
    }),
    maxSize: key(orWord(size(1), "unlimited"), {
      default: "unlimited",
      en: "The largest blob that is accepted.",
      zh: "可接受的最大 blob。",
    }),
  },
);

export const manifests = section(
  { en: "Manifests and indexes.", zh: "manifest 与 index。" },
  {
    requireReferences: key(boolean(), {
      default: true,
      en: "Whether all that a manifest names must be in its repository. `false` allows indexes of which some platforms are left out.",
      zh: "manifest 引用的内容是否必须都在其仓库中。`false` 允许只含部分平台的 index。",
    }),
  },
);

export const reclaim = section(
  { en: "How space comes back.", zh: "空间回收。" },
  {
    grace: key(duration(SECOND, YEARS), {
      default: "24h",
      en: "How long content that nothing holds stays before its bytes may go.",
      zh: "无人引用的内容在字节被移除前的保留时长。",
    }),
    untaggedAfter: key(orWord(duration(SECOND, YEARS), "never"), {
      default: "never",
      en: "After this time a manifest without tag, parent and subject counts as unused.",
      zh: "没有标签、上级与 subject 的 manifest 在此时长后视为无用。",
    }),
    enabled: key(boolean(), {
      default: true,
      en: "Whether this node gives space back. Administrators can pause all nodes as well.",
      zh: "本节点是否回收空间。管理员也可暂停所有节点。",
    }),
    pace: key(integer(1, 100_000), {
      default: 200,
      en: "How many blobs, links and manifests this node reclaims in a second at most.",
      zh: "本节点每秒最多回收的 blob、链接与 manifest 数。",
    }),
  },
);

export const trash = section(
  { en: "What was deleted and can still be restored.", zh: "已删除但仍可恢复的内容。" },
  {
    keep: key(duration(0, YEARS), {
      default: "7d",
      en: "How long deleted tags, manifests, repositories and projects can be restored.",
      zh: "已删除的标签、manifest、仓库与项目可恢复的时长。",
    }),
  },
);

export const retention = section(
  { en: "Retention policies, and what runs somewhere.", zh: "保留策略与运行中的镜像。" },
  {
    keepReports: key(duration(MINUTE, YEARS), {
      default: "90d",
      en: "How long the reports of runs are kept.",
      zh: "运行报告的保留时长。",
    }),
    inUseSilentAfter: key(duration(MINUTE, YEARS), {
      default: "24h",
      en: "A source that has not reported for so long what runs counts as silent. What it said last is believed all the same.",
      zh: "来源超过此时长未上报运行中的镜像，即视为失联；其最后一次上报仍然有效。",
    }),
    inUseExpireAfter: key(orWord(duration(MINUTE, YEARS), "never"), {
      default: "never",
      en: "After this time without a report, what a source said is believed no more. `never`: until somebody deletes the source.",
      zh: "来源超过此时长未上报，其内容不再有效。`never` 表示直到该来源被删除。",
    }),
  },
);

export const tags = section(
  { en: "Lists of tags.", zh: "标签列表。" },
  {
    pageSize: key(integer(1, 10_000), {
      default: 1_000,
      en: "How many tags a page holds when the client does not say.",
      zh: "客户端未指定时每页的标签数。",
    }),
  },
);
