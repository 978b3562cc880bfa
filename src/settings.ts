import type { Config } from "./config/schema.ts";
import type { ContentSettings } from "./features/content/settings.ts";

/** What the content feature is told of the configuration. */
export function contentSettings(config: Config): ContentSettings {
  const { reclaim, trash, uploads, projects, manifests, storage } = config;
  return {
    grace: reclaim.grace,
    trashKeep: trash.keep,
    untaggedAfter: reclaim.untaggedAfter === "never" ? null : reclaim.untaggedAfter,
    autoCreate: projects.autoCreate === "administrators",
    uploads: {
      expireAfter: uploads.expireAfter,
      mostPerPrincipal: uploads.maxPerPrincipal,
      maxSize: uploads.maxSize === "unlimited" ? null : uploads.maxSize,
    },
    requireReferences: manifests.requireReferences,
    space: { minFreeBytes: storage.minFreeBytes, minFreePercent: storage.minFreePercent },
  };
}
