import { CommandFailed } from "../../../scripts/lib/run.ts";
import type { World } from "./world.ts";

/** What the audit log has of something. */
export interface Entry {
  readonly id: string;
  readonly actor: { readonly name: string; readonly kind: string };
  readonly action: string;
  readonly object: { readonly kind: string; readonly name: string | null };
  readonly result: string;
  readonly reason: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface Wanted {
  readonly action: string;
  readonly result: "done" | "denied";
  readonly object?: string;
  readonly actor?: string;
  /** As the log gives it; any, where it is left out. */
  readonly reason?: string;
}

/** The entries of the log that fit, since `from` (milliseconds since the epoch), newest first. */
export async function entries(world: World, wanted: Wanted, from: number): Promise<Entry[]> {
  const query = new URLSearchParams({
    action: wanted.action,
    result: wanted.result,
    from: String(from),
    limit: "100",
    ...(wanted.object === undefined ? {} : { objectName: wanted.object }),
  });
  const { items } = await world.admin.get(`/audit?${query}`);
  return (items as Entry[]).filter(
    ({ actor, reason }) =>
      (wanted.actor === undefined || actor.name === wanted.actor) &&
      (wanted.reason === undefined || reason === wanted.reason),
  );
}

/** What a client said when it was refused; throws when it was not. */
export async function refused(use: () => Promise<unknown>): Promise<string> {
  try {
    await use();
  } catch (cause) {
    if (cause instanceof CommandFailed && !cause.finished.timedOut) return cause.finished.output;
    throw cause;
  }
  throw new Error("it was let in");
}

/**
 * Expects that a client is refused, that its words fit, and that the log says why. Answers the
 * words that told.
 */
export async function refusedAndWritten(
  world: World,
  use: () => Promise<unknown>,
  words: RegExp,
  wanted: Wanted,
): Promise<string> {
  const from = Date.now();
  const said = await refused(use);
  const [told] = words.exec(said) ?? [];
  if (told === undefined) throw new Error(`refused in other words than ${words}:\n${said}`);
  const [entry] = await entries(world, wanted, from);
  if (entry === undefined) {
    const any = await entries(world, { action: "", result: wanted.result }, from);
    throw new Error(`not in the log: ${JSON.stringify(wanted)}; there is ${JSON.stringify(any)}`);
  }
  if (entry.address === null) throw new Error("the log does not know from where");
  return told;
}
