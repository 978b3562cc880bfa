import type { Database as Connection } from "bun:sqlite";
import { Kysely } from "kysely";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { databaseFault } from "../faults.ts";
import type { AnyProcedure, Tx } from "../port.ts";
import type { Schema } from "../schema/schema.ts";
import { connect } from "./connection.ts";
import { BunSqliteDialect } from "./dialect.ts";
import { canTravel, packError, type Reply, type Request } from "./messages.ts";

interface Session {
  readonly connection: Connection;
  readonly db: Kysely<Schema>;
}

function openSession(file: string): Session {
  const connection = connect(file, "write");
  return { connection, db: new Kysely({ dialect: new BunSqliteDialect(connection) }) };
}

/** As many transactions as share one commit; more would only make the first ones wait. */
const GROUP = 128;

const STUCK = "the write stands, but its procedure gave a result that is not plain data";

/**
 * The one writer of a SQLite database.
 *
 *   take all that wait (at most GROUP)
 *   BEGIN IMMEDIATE
 *     each: SAVEPOINT, run, RELEASE; one that throws is rolled back alone
 *   COMMIT: one fsync for all; only now is any of them answered
 *
 * When the commit fails, all of the group fail with 503, and the connection is opened anew:
 * after a failed fsync nothing that it remembers may be trusted.
 */
export class WriterThread {
  readonly #file: string;
  readonly #procedures: ReadonlyMap<string, AnyProcedure>;
  readonly #send: (replies: Reply[]) => void;
  #session: Session | undefined;
  #queue: Request[] = [];
  #busy = false;

  constructor(file: string, procedures: readonly AnyProcedure[], send: (replies: Reply[]) => void) {
    this.#file = file;
    this.#procedures = new Map(procedures.map((each) => [each.name, each]));
    this.#send = send;
    this.#session = openSession(file);
  }

  enqueue(requests: readonly Request[]): void {
    this.#queue.push(...requests);
    if (this.#busy) return;
    this.#busy = true;
    // After the messages that have already arrived, so that they form a group.
    setImmediate(() => void this.#drain());
  }

  close(): void {
    this.#session?.connection.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, GROUP);
      this.#answer(await this.#commitGroup(group));
      // Lets messages in that arrived during the commit.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#busy = false;
  }

  #answer(replies: Reply[]): void {
    try {
      this.#send(replies);
    } catch {
      // One result cannot travel between threads: its own call fails, and no other.
      this.#send(
        replies.map((reply) =>
          canTravel(reply) ? reply : { id: reply.id, error: packError(new TypeError(STUCK)) },
        ),
      );
    }
  }

  async #commitGroup(group: readonly Request[]): Promise<Reply[]> {
    const replies: Reply[] = [];
    try {
      // Where opening it anew failed the last time, the next group tries again.
      this.#session ??= openSession(this.#file);
      const { connection } = this.#session;
      connection.run("begin immediate");
      for (const request of group) replies.push(await this.#runOne(this.#session, request));
      connection.run("commit");
      return replies;
    } catch (error) {
      this.#abandon();
      const packed = packError(databaseFault(error));
      return group.map(({ id }) => ({ id, error: packed }));
    }
  }

  async #runOne({ connection, db }: Session, { id, name, args }: Request): Promise<Reply> {
    const procedure = this.#procedures.get(name);
    if (procedure === undefined) {
      return { id, error: packError(new Error(`unknown write procedure ${name}`)) };
    }
    connection.run("savepoint one");
    try {
      const result = await procedure.run(db as unknown as Tx, args);
      connection.run("release one");
      return { id, result };
    } catch (error) {
      const fault = databaseFault(error);
      // A full disk or an I/O error may have ended the whole transaction: then none of it stands.
      if (!connection.inTransaction) throw failure("service.database_unavailable", {}, error);
      connection.run("rollback to one");
      connection.run("release one");
      return { id, error: packError(fault) };
    }
  }

  /** Nothing that a connection remembers may be trusted once a commit of its failed. */
  #abandon(): void {
    const session = this.#session;
    this.#session = undefined;
    try {
      session?.connection.close();
    } catch {
      // A connection that cannot even be closed is left to the collector.
    }
  }
}
