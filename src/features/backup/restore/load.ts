import type { Filling } from "../../../platform/database/filling.ts";
import { migrate } from "../../../platform/database/migrate.ts";
import type { RowValues } from "../../../platform/database/pages.ts";
import { decodeRow, type Value } from "../rules.ts";
import { emptyTables, endBackupJobs, putTable, settleTables, tablesIn } from "../store.ts";
import type { OpenSnapshot } from "./opened.ts";

const ROWS = 200;
/** A row may have 4 MiB. */
const LARGE_ROWS = 16;

/** Walks along the content that the snapshot has, beside rows that come in the same order. */
class Along {
  readonly #blobs: ReturnType<OpenSnapshot["blobs"]>;
  #next: string | undefined = "";

  constructor(blobs: ReturnType<OpenSnapshot["blobs"]>) {
    this.#blobs = blobs;
  }

  async has(digest: string): Promise<boolean> {
    while (this.#next !== undefined && this.#next < digest) {
      this.#next = (await this.#blobs.next()).value?.digest;
    }
    return this.#next === digest;
  }
}

/** Puts a blob where its bytes are now, or says that they cannot be had until it is pushed again. */
async function placeBlob(
  row: Value[],
  columns: readonly string[],
  along: Along,
  place: Loading["place"],
): Promise<Value[]> {
  const [digest, location, state] = ["digest", "location", "state"].map((c) => columns.indexOf(c));
  const name = String(row[digest ?? -1]);
  const placed = place(name, await along.has(name));
  const isGoing = row[state ?? -1] === "reclaiming";
  const as = isGoing ? "reclaiming" : placed.isThere ? "live" : "quarantined";
  return row.map((value, at) => (at === location ? placed.location : at === state ? as : value));
}

export interface Loading {
  /** Where the bytes of a blob are now; `isKept` when the snapshot has them. */
  readonly place: (digest: string, isKept: boolean) => { location: string; isThere: boolean };
  readonly progress: (table: string) => void;
}

/**
 * Makes the schema that the snapshot was taken of and puts its rows in, in the transaction of the
 * filling. Throws what the database or a damaged file says.
 */
export async function loadTables(
  filling: Filling,
  opened: OpenSnapshot,
  { place, progress }: Loading,
): Promise<void> {
  const { snapshot } = opened;
  await migrate(filling.db, filling.engine, snapshot.steps);
  const shapes = await tablesIn(filling);
  const written = shapes.filter(({ name }) => snapshot.tables.some((table) => table.name === name));
  if (written.length !== snapshot.tables.length) throw new SyntaxError("tables of no known schema");
  await emptyTables(filling, written);
  for (const shape of written) {
    progress(shape.name);
    const table = snapshot.tables.find(({ name }) => name === shape.name);
    const columns = table?.columns ?? [];
    const along = shape.name === "blobs" ? new Along(opened.blobs()) : undefined;
    const most = shape.hasBytes ? LARGE_ROWS : ROWS;
    let batch: RowValues[] = [];
    let count = 0;
    const put = async () => {
      await putTable(filling, shape.name, columns, batch);
      batch = [];
    };
    for await (const line of opened.rows(shape.name)) {
      const row = decodeRow(line, columns.length);
      batch.push(along === undefined ? row : await placeBlob(row, columns, along, place));
      count += 1;
      if (batch.length >= most) await put();
    }
    await put();
    if (count !== table?.rows) throw new SyntaxError(`${shape.name} has ${count} rows`);
  }
  await settleTables(filling, written);
  await endBackupJobs(filling);
}
