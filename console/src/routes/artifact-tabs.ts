/** The parts of an artifact's page, by what the address calls them. */
export const artifactTabs = [
  "overview",
  "layers",
  "files",
  "parts",
  "referrers",
  "manifest",
  "history",
] as const;
export type ArtifactTab = (typeof artifactTabs)[number];
