import { failure } from "../../../../kernel/errors/catalogue.ts";
import { procedure, type Tx } from "../../../../platform/database/port.ts";
import { type AuditEntry, done, type Witness } from "../../../audit/entry.ts";
import { record } from "../../../audit/store/record.ts";
import { bumpRevision } from "../../revision/store.ts";
import { type Rotation, rotate } from "../../sessions/store/write.ts";
import { spendChallenge } from "./challenges.ts";

/** Most confirmed factors of one principal. */
export const MOST = { totp: 2, passkey: 20 } as const;

/** A sealed recovery code. */
export interface SealedCode {
  readonly id: string;
  readonly secret: string;
}

/** Makes changes of one principal's factors take turns. */
export async function lockPrincipal(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom("principals").select("id").where("id", "=", id).forUpdate().execute();
}

/** Refuses one factor too many; gives how many there are, of every kind that is shown. */
async function makeRoom(tx: Tx, principalId: string, kind: keyof typeof MOST): Promise<number> {
  await lockPrincipal(tx, principalId);
  const there = await tx
    .selectFrom("factors")
    .select("kind")
    .where("principal_id", "=", principalId)
    .where("kind", "in", ["totp", "passkey"])
    .where("confirmed_at", "is not", null)
    .execute();
  const most = MOST[kind];
  if (there.filter((each) => each.kind === kind).length >= most) {
    throw failure("factor.too_many", { most, kind });
  }
  return there.length;
}

/** Puts new recovery codes in the place of all that were there. */
export async function replaceCodes(
  tx: Tx,
  { principalId, codes, now }: { principalId: string; codes: readonly SealedCode[]; now: number },
): Promise<void> {
  await tx
    .deleteFrom("factors")
    .where("principal_id", "=", principalId)
    .where("kind", "=", "recovery")
    .execute();
  const rows = codes.map(({ id, secret }) => ({
    id,
    principal_id: principalId,
    kind: "recovery" as const,
    name: "recovery code",
    secret,
    credential_id: null,
    counter: 0,
    transports: null,
    created_at: now,
    confirmed_at: now,
    last_used_at: null,
    spent_at: null,
  }));
  if (rows.length > 0) await tx.insertInto("factors").values(rows).execute();
}

interface Enrolment {
  readonly principalId: string;
  readonly id: string;
  readonly name: string;
  readonly now: number;
  /** Recovery codes that come with a principal's first factor. */
  readonly codes: readonly SealedCode[];
  readonly session: Rotation;
  readonly witness: Witness;
}

/** What every enrolment ends with; true when the codes were taken: it is the first factor. */
async function enrolled(
  tx: Tx,
  kind: keyof typeof MOST,
  before: number,
  args: Enrolment,
): Promise<boolean> {
  const { principalId, id, name, codes, now } = args;
  const entries: AuditEntry[] = [done("factor.enrol", { kind, id, name })];
  if (before === 0) {
    await replaceCodes(tx, { principalId, codes, now });
    const object = { kind: "recovery", id: null, name: null };
    entries.push(done("factor.regenerate", object, { details: { codes: codes.length } }));
  }
  await rotate(tx, args.session);
  await bumpRevision(tx);
  await record(tx, args.witness, entries);
  return before === 0;
}

export interface BeginTotp {
  readonly principalId: string;
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly now: number;
}

/** Keeps the sealed secret of an authenticator app that has yet to show a code. */
export const beginTotp = procedure("factors.begin-totp", async (tx, args: BeginTotp) => {
  await makeRoom(tx, args.principalId, "totp");
  await tx
    .deleteFrom("factors")
    .where("principal_id", "=", args.principalId)
    .where("kind", "=", "totp")
    .where("confirmed_at", "is", null)
    .execute();
  await tx
    .insertInto("factors")
    .values({
      id: args.id,
      principal_id: args.principalId,
      kind: "totp",
      name: args.name,
      secret: args.secret,
      credential_id: null,
      counter: 0,
      transports: null,
      created_at: args.now,
      confirmed_at: null,
      last_used_at: null,
      spent_at: null,
    })
    .execute();
});

export interface ConfirmTotp extends Omit<Enrolment, "name"> {
  /** The time step of the code, which counts no more from now on. */
  readonly step: number;
}

/** Confirms an authenticator app by its first code. Throws `factor.unknown`. */
export const confirmTotp = procedure(
  "factors.confirm-totp",
  async (tx, args: ConfirmTotp): Promise<boolean> => {
    const before = await makeRoom(tx, args.principalId, "totp");
    const row = await tx
      .updateTable("factors")
      .set({ confirmed_at: args.now, last_used_at: args.now, counter: args.step })
      .where("id", "=", args.id)
      .where("principal_id", "=", args.principalId)
      .where("confirmed_at", "is", null)
      .returning("name")
      .executeTakeFirst();
    if (row === undefined) throw failure("factor.unknown");
    return enrolled(tx, "totp", before, { ...args, name: row.name });
  },
);

export interface AddPasskey extends Enrolment {
  /** Base64url. */
  readonly credentialId: string;
  /** Base64url of the COSE key. */
  readonly publicKey: string;
  readonly counter: number;
  /** JSON list. */
  readonly transports: string;
  /** The challenge that it answered, and until when that must be remembered. */
  readonly challenge: string;
  readonly challengeUntil: number;
}

/** Adds a verified passkey. Throws `factor.passkey_taken`, `factor.challenge_expired`. */
export const addPasskey = procedure(
  "factors.add-passkey",
  async (tx, args: AddPasskey): Promise<boolean> => {
    const before = await makeRoom(tx, args.principalId, "passkey");
    await spendChallenge(tx, args);
    const added = await tx
      .insertInto("factors")
      .values({
        id: args.id,
        principal_id: args.principalId,
        kind: "passkey",
        name: args.name,
        secret: args.publicKey,
        credential_id: args.credentialId,
        counter: args.counter,
        transports: args.transports,
        created_at: args.now,
        confirmed_at: args.now,
        last_used_at: null,
        spent_at: null,
      })
      .onConflict((c) => c.column("credential_id").doNothing())
      .returning("id")
      .executeTakeFirst();
    if (added === undefined) throw failure("factor.passkey_taken");
    return enrolled(tx, "passkey", before, args);
  },
);
