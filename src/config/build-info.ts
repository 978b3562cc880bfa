// Put in by the build of the executable; from source, neither is defined.
declare const ENTREPOT_BUILD_VERSION: string | undefined;
declare const ENTREPOT_BUILD_COMMIT: string | undefined;

/** Which build this is: what `--version`, the log and the metrics say. */
export const buildInfo = {
  version: typeof ENTREPOT_BUILD_VERSION === "string" ? ENTREPOT_BUILD_VERSION : "0.0.0-source",
  commit: typeof ENTREPOT_BUILD_COMMIT === "string" ? ENTREPOT_BUILD_COMMIT : "unknown",
} as const;
