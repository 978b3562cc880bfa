/** Where images are reported to run. */
export const inUse = {
  intro:
    "What runs somewhere is not deleted by retention or reclaiming, with or without a tag. Each source reports all that it runs; a source that has fallen silent is believed all the same.",
  none: "Nobody has reported what runs.",
  source: "Source",
  images: "Images",
  reported: "Last report",
  by: "Reported by",
  silent: "silent",
  show: "Show images",
  imagesOf: "What runs at {{name}}",
  noImages: "Nothing runs there.",
  deleteIntro:
    "What only this source says to run may be deleted again. If it is still there, its next report brings it back.",
  deleted: "The source was removed.",
};
