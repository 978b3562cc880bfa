import type { Config } from "./config/schema.ts";
import { systemDoer } from "./features/audit/entry.ts";
import { openContent } from "./features/content/service.ts";
import { Adoption } from "./features/integrity/adopt/adopt.ts";
import type { AdoptCounts, AdoptProblem } from "./features/integrity/adopt/finding.ts";
import { RegistryLayout } from "./features/integrity/adopt/layout.ts";
import { quotaAdmission } from "./features/quota/service.ts";
import { systemClock } from "./kernel/clock.ts";
import { openFilesystemBlobs } from "./platform/blobs/filesystem.ts";
import { importFile } from "./platform/blobs/import-file.ts";
import type { Logger } from "./platform/telemetry/telemetry.ts";
import { contentSettings } from "./settings.ts";
import { openToChange, storageOf } from "./storage-tools.ts";

export interface AdoptOptions {
  readonly folder: string;
  readonly isDry: boolean;
  readonly logger: Logger;
  readonly onProblem: (problem: AdoptProblem) => void;
}

/**
 * Takes the storage of a `registry:2` over into the installation of a configuration, which is made
 * where there is none, and which nobody else may have open. Throws `adopt.no_registry`,
 * `service.folder_locked`, and faults of storage and database.
 */
export async function runAdopt(config: Config, options: AdoptOptions): Promise<AdoptCounts> {
  const { folder, isDry, logger, onProblem } = options;
  // Looked for first: nothing is made for a folder that holds no registry.
  const layout = await RegistryLayout.open(folder);
  const { db, audit, close } = await openToChange(config, { logger, canMake: true });
  try {
    const root = storageOf(config);
    const blobs = await openFilesystemBlobs({ root });
    try {
      const { content } = openContent({
        db,
        blobs,
        audit,
        clock: systemClock,
        settings: contentSettings(config),
        // The next start of the server delivers what was told, and reads everything anew.
        changed: () => {},
        admit: quotaAdmission(db),
        revision: { changed: async () => {} },
      });
      return await new Adoption({
        layout,
        content,
        blobs,
        isDry,
        onProblem,
        pusher: { doer: systemDoer, mayCreateProject: true },
        importFile: (id, source) => importFile(root, id, source),
      }).run();
    } finally {
      await blobs.close();
    }
  } finally {
    await close();
  }
}
