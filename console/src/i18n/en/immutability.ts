/** Tags that can be neither moved nor removed. */
export const immutability = {
  intro:
    "A tag that a rule covers is set once: no push, delete or rollback moves or removes it, and a repository that holds one is not deleted. The same image can be pushed again.",
  none: "Every tag of this project can be moved and removed.",
  create: "New rule",
  name: "Name",
  nameHint: "It stands in the refusal that a push gets.",
  repositories: "Repositories",
  repositoriesHint: "A pattern over what follows {{project}}/; ** is every repository.",
  tags: "Tags",
  tagsHint: "A pattern such as v* or release-?; * is every tag.",
  exceptTags: "Except",
  exceptTagsHint: "Patterns of tags that stay as free as they were; Enter after each.",
  deleteIntro: "Its tags can be moved and removed again from now on.",
  preview: "Tags that this rule makes immutable",
  previewNone: "No tag there is now. Those set later count as well.",
  previewMore: "And more.",
  badge: "immutable",
  badgeHint: "By the rule “{{rule}}”",
};
