import type { inUse as english } from "../en/in-use.ts";

export const inUse: typeof english = {
  intro:
    "保留策略与空间回收不会删除正在运行的镜像，无论是否有标签。每个来源上报其运行的全部镜像；失联来源的上报仍然有效。",
  none: "尚无运行中镜像的上报。",
  source: "来源",
  images: "镜像数",
  reported: "最近上报",
  by: "上报者",
  silent: "失联",
  show: "查看镜像",
  imagesOf: "{{name}} 运行的镜像",
  noImages: "该来源没有运行任何镜像。",
  deleteIntro: "仅由该来源上报为运行中的镜像可再次被清理。若该来源仍在运行，下一次上报会使其恢复。",
  deleted: "已删除该来源。",
};
