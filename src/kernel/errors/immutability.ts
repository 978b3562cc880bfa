import { entries } from "./failure.ts";

/** Tags that cannot be moved or removed, and the rules that say so. */
export const immutabilityErrors = entries({
  // DENIED is what docker, podman, skopeo and buildah show as it is and do not try again.
  "tag.immutable": {
    wire: "DENIED",
    status: 409,
    en: 'the tag {tag} of {name} is immutable by the rule "{rule}" and stays on {digest}',
    zh: "{name} 的标签 {tag} 受规则“{rule}”保护，不可更改，仍指向 {digest}",
    helpEn:
      "Push under another tag; whoever administers the project can change the rule or make an exception.",
    helpZh: "请使用其他标签推送；项目管理员可以修改该规则或添加例外。",
  },
  "repository.immutable": {
    wire: "DENIED",
    status: 409,
    en: 'the repository {name} holds the tag {tag}, which is immutable by the rule "{rule}"',
    zh: "仓库 {name} 中的标签 {tag} 受规则“{rule}”保护，不可删除",
    helpEn: "Change or delete the rule first, or make an exception for the tag; then delete again.",
    helpZh: "请先修改或删除该规则，或为该标签添加例外，然后再删除。",
  },
  "immutability.unknown": {
    wire: "NAME_UNKNOWN",
    status: 404,
    en: "there is no immutability rule {id} here",
    zh: "此处不存在不可变规则 {id}",
    helpEn: "List the rules of the project; it may have been deleted.",
    helpZh: "请列出该项目的规则；它可能已被删除。",
  },
  "immutability.name_taken": {
    wire: "UNSUPPORTED",
    status: 409,
    en: "there is an immutability rule {rule} already",
    zh: "不可变规则 {rule} 已存在",
    helpEn: "Choose another name, or change the rule that is there.",
    helpZh: "请选择其他名称，或修改现有规则。",
  },
  "immutability.field_invalid": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "{field} of the rule is empty, too long or not printable",
    zh: "规则的 {field} 为空、过长或包含不可打印字符",
    helpEn: "At most {limit} are taken.",
    helpZh: "最多允许 {limit} 个。",
  },
  "immutability.too_many": {
    wire: "DENIED",
    status: 409,
    en: "the project has {limit} immutability rules, and can have no more",
    zh: "项目已有 {limit} 条不可变规则，无法再添加",
    helpEn: "Put several into one with a wider pattern, or delete one.",
    helpZh: "请用更宽的匹配模式合并规则，或删除一条。",
  },
});
