import type { Database } from "../../../platform/database/port.ts";
import { projectStored, repositoriesStored, type StoredDay } from "../store/daily.ts";

interface Days {
  readonly from: number;
  readonly to: number;
}

/** How many bytes were stored on which day, for those who account for them. */
export interface DaysOfStorage {
  ofProject(projectId: string, days: Days): Promise<StoredDay[]>;
  ofRepositories(ids: readonly string[], days: Days): Promise<StoredDay[]>;
}

export function daysOfStorage(db: Database): DaysOfStorage {
  return {
    ofProject: (projectId, days) => projectStored(db, projectId, days),
    ofRepositories: (ids, days) => repositoriesStored(db, ids, days),
  };
}
