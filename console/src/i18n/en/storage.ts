/** What takes the space, how it grows, and what comes back. */
export const storage = {
  intro: "What takes the space, as it was measured in the last night, and how that grows.",
  words:
    "“Takes” counts every blob once, with the trash. “Shared” is what others hold too: it does not come back alone. Growth is that of the last 30 days.",
  byDay: "By day",
  projects: "Projects",
  repositories: "Repositories of {{name}}",
  all: "All projects",
  share: "Share",
  takes: "Takes",
  shared: "Shared",
  growth: "Growth",
  perDay: "Grows by {{perDay}} a day.",
  none: "Nothing was measured yet: that is done every night.",
  export: "Export use (CSV)",
  outlooks: {
    too_few_days: "When the disk will be full can be told once three days were measured.",
    not_growing: "What is used of the disk does not grow.",
    far: "The disk grows by {{perDay}} a day, and is not full within ten years.",
    dated: "At {{perDay}} a day, the disk is full on {{date}}.",
    full: "The disk is full: pushes are refused.",
  },
  weighing: "Finding out what this frees…",
  frees: "It takes {{all}}; deleting it frees {{freed}} once its time in the trash is over.",
  left: "{{left}} would stay, in images without a tag.",
};
