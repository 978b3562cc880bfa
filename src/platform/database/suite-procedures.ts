import { failure } from "../../kernel/errors/catalogue.ts";
import { procedure } from "./port.ts";

/** Write procedures that only the suite of this port runs. */

export const putSetting = procedure(
  "suite.put",
  async (tx, { name, value }: { name: string; value: string }) => {
    await tx
      .insertInto("settings")
      .values({ name, value })
      .onConflict((c) => c.column("name").doUpdateSet({ value }))
      .execute();
    return { stored: value };
  },
);

/** Reads a number, adds one, writes it: loses updates unless transactions are kept apart. */
export const increment = procedure("suite.increment", async (tx, { name }: { name: string }) => {
  const row = await tx
    .selectFrom("settings")
    .select("value")
    .where("name", "=", name)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const value = Number(row.value) + 1;
  await tx
    .updateTable("settings")
    .set({ value: String(value) })
    .where("name", "=", name)
    .execute();
  return value;
});

export const writeThenRefuse = procedure(
  "suite.refuse",
  async (tx, { name }: { name: string }): Promise<never> => {
    await tx.insertInto("settings").values({ name, value: "never" }).execute();
    throw failure("blob.unknown", { digest: name });
  },
);

export const mistake = procedure("suite.mistake", async (tx, { name }: { name: string }) => {
  await tx.insertInto("settings").values({ name, value: "never" }).execute();
  throw new TypeError("a mistake of ours");
});

export const putBlob = procedure(
  "suite.blob",
  async (tx, { digest, size }: { digest: string; size: number }) => {
    await tx
      .insertInto("blobs")
      .values({
        digest,
        size,
        location: digest,
        state: "live",
        created_at: 1,
        last_touched: 2,
        reclaim_after: null,
      })
      .execute();
  },
);

export const putBytes = procedure(
  "suite.bytes",
  async (tx, { digest, payload }: { digest: string; payload: Uint8Array }) => {
    const unseen = { created_at: 1, deleted_at: null };
    await tx
      .insertInto("projects")
      .values({ id: "p", name: "p", untagged_after: null, ...unseen })
      .onConflict((c) => c.column("id").doNothing())
      .execute();
    await tx
      .insertInto("repositories")
      .values({ id: "r", project_id: "p", name: "p/r", ...unseen })
      .onConflict((c) => c.column("id").doNothing())
      .execute();
    await tx
      .insertInto("manifests")
      .values({
        repository_id: "r",
        digest,
        payload,
        media_type: "application/octet-stream",
        artifact_type: null,
        subject: null,
        size: payload.byteLength,
        annotations: null,
        pushed_at: 1,
        pushed_by: "suite",
        deleted_at: null,
        deleted_by: null,
        reclaim_after: null,
      })
      .execute();
    return payload;
  },
);

/** Gives what cannot travel between threads. */
export const giveFunction = procedure(
  "suite.function",
  async (tx, { name }: { name: string }): Promise<unknown> => {
    await tx.insertInto("settings").values({ name, value: "kept" }).execute();
    return () => name;
  },
);

export const suiteProcedures = [
  putSetting,
  increment,
  writeThenRefuse,
  mistake,
  putBlob,
  putBytes,
  giveFunction,
];
