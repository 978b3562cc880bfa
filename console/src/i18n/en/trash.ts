/** What was deleted, and the way back. */
export const trash = {
  title: "Trash",
  intro: "What was deleted here can be restored, with all that was in it, until its time is over.",
  none: "Nothing is in the trash.",
  repositories: "Deleted repositories",
  artifacts: "Deleted images",
  artifactsIntro:
    "They come back with the tags that went with them, as far as those are still free.",
  noArtifacts: "No image is in the trash.",
  tags: "Deleted tags",
  tagsIntro: "A tag comes back to what it named last.",
  noTags: "No tag was deleted that could be set again.",
  deleted: "Deleted",
  by: "By",
  kept: "Kept until",
  taken: "A new repository has its name. Delete that one first.",
  inTrash: "Its image is in the trash too",
  restored: "{{name}} is back.",
  empty: "Remove for good",
  emptyTitle: "Remove {{name}} for good?",
  emptyWords: "It cannot be restored after that, and its space is reclaimed.",
  emptied: "{{name}} is gone for good.",
  remove: "Delete the repository",
  removeTitle: "Delete {{name}}?",
  removeWords:
    "Nobody can pull from it or push to what is in it from now on. It goes to the trash of the project, where it can be restored until its time is over.",
  removeType: "Type {{name}} to confirm",
};
