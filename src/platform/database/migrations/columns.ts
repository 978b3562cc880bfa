import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Engine } from "../port.ts";

/** The column types of both engines under one name each. */
export interface Columns {
  /** Compared byte by byte: tag lists and catalogues are in byte order on every engine. */
  readonly text: RawBuilder<unknown>;
  /** Times, sizes, counts: 64 bits. */
  readonly integer: RawBuilder<unknown>;
  readonly bytes: RawBuilder<unknown>;
}

export function columnsOf(engine: Engine): Columns {
  return engine === "postgres"
    ? { text: sql`text collate "C"`, integer: sql`bigint`, bytes: sql`bytea` }
    : { text: sql`text`, integer: sql`integer`, bytes: sql`blob` };
}

/** One step of the schema. Steps never change once released; the next change is the next step. */
export interface Step {
  readonly name: string;
  readonly up: (db: Kysely<unknown>, columns: Columns) => Promise<void>;
}
