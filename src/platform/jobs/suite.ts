import { join } from "node:path";
import { type FreshDatabase, openFresh } from "../../../tests/support/database.ts";
import type { Database } from "../database/port.ts";
import type { JobsTable } from "../database/schema/system.ts";
import type { FaultHook } from "./port.ts";

const writerEntry = new URL("./suite-writer.ts", import.meta.url);
const program = new URL("./suite-process.ts", import.meta.url).pathname;

/** A time to start from: a Friday noon. */
export const NOON = Date.UTC(2026, 10, 20, 12);

/** Opens a database with the procedures of the jobs and of their suite. */
export function openJobs(fresh: FreshDatabase): Promise<Database> {
  return openFresh(fresh, writerEntry);
}

/** Starts a doomed node in a process of its own; see `suite-process.ts`. */
export function startProcess(fresh: FreshDatabase, verb: "work" | "relay") {
  const file = join(fresh.folder, "entrepot.sqlite");
  return Bun.spawn([process.execPath, program, verb, fresh.url, file], {
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** Every job as it stands, oldest id first. */
export function allJobs(db: Database): Promise<JobsTable[]> {
  return db.read.selectFrom("jobs").selectAll().orderBy("id").execute();
}

/** Collects faults: a test looks at them at its end. */
export function faultList(): { readonly faults: string[]; readonly onFault: FaultHook } {
  const faults: string[] = [];
  return { faults, onFault: (where, error) => faults.push(`${where}: ${error}`) };
}

/** Something that a test waits for: many can wait, one opens. */
export class Gate<T = void> {
  readonly passed: Promise<T>;
  open!: (value: T) => void;

  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

/** Asks until it is so; each question is a turn of the database, and there is no other pause. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setImmediate(resolve));
}
