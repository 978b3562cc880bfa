import { closeSync, openSync, rmSync } from "node:fs";
import { Kysely } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import type { Filling } from "../filling.ts";
import type { Schema } from "../schema/schema.ts";
import { connect } from "./connection.ts";
import { BunSqliteDialect } from "./dialect.ts";

/** Begins a new SQLite database. Throws `backup.not_empty` where there is a file of this name. */
export async function fillSqlite(file: string): Promise<Filling> {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    throw failure("backup.not_empty", { path: file }, error);
  }
  const connection = connect(file, "write");
  connection.run("begin immediate");
  let open = true;
  return {
    engine: "sqlite",
    db: new Kysely<Schema>({ dialect: new BunSqliteDialect(connection) }),
    async commit() {
      connection.run("commit");
      open = false;
      connection.close();
    },
    async abandon() {
      if (!open) return;
      open = false;
      connection.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    },
  };
}
