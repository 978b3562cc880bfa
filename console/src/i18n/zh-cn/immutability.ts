import type { immutability as english } from "../en/immutability.ts";

export const immutability: typeof english = {
  intro:
    "规则覆盖的标签只能设置一次：推送、删除和回退均不能移动或移除它，包含此类标签的仓库也不能删除。可以重复推送同一镜像。",
  none: "此项目的所有标签均可移动和删除。",
  create: "新建规则",
  name: "名称",
  nameHint: "推送被拒绝时会显示此名称。",
  repositories: "仓库",
  repositoriesHint: "匹配 {{project}}/ 之后部分的模式；** 表示所有仓库。",
  tags: "标签",
  tagsHint: "例如 v* 或 release-?；* 表示所有标签。",
  exceptTags: "例外",
  exceptTagsHint: "不受约束的标签模式，每项输入后按回车。",
  deleteIntro: "其标签从现在起可以移动和删除。",
  preview: "此规则将使以下标签不可变",
  previewNone: "目前没有匹配的标签；之后设置的标签同样适用。",
  previewMore: "还有更多。",
  badge: "不可变",
  badgeHint: "规则“{{rule}}”",
};
