import type { Tx } from "./port.ts";

/** What an upper feature says to a change inside its transaction: it throws to stop it. */
export type Objection<A> = (tx: Tx, args: A) => Promise<void>;

/**
 * Where upper features object to what a lower one is about to write. The lower feature declares the
 * port and asks it; the program plugs the objections in where it lists its write procedures, so
 * that every thread and process that can run them has them. One that nobody has plugged anything
 * into stops the start, and a write that comes upon it.
 */
export interface ObjectionPort<A> {
  readonly name: string;
  /** Plugs in all that object, which may be nobody. */
  plug(...objections: readonly Objection<A>[]): void;
  /** Asks them in their order. Throws what the first of them throws. */
  ask(tx: Tx, args: A): Promise<void>;
}

const declared: { readonly name: string; readonly isPlugged: () => boolean }[] = [];

/** Declares a port; `name` says what is objected to: `<feature>.<what>`. */
export function objectionPort<A>(name: string): ObjectionPort<A> {
  let plugged: readonly Objection<A>[] | undefined;
  declared.push({ name, isPlugged: () => plugged !== undefined });
  return {
    name,
    plug(...objections) {
      plugged = objections;
    },
    async ask(tx, args) {
      if (plugged === undefined) throw new Error(`nothing is plugged into ${name}`);
      for (const objection of plugged) await objection(tx, args);
    },
  };
}

/** Throws when a port that was declared has been forgotten. */
export function requirePlugged(): void {
  const open = declared.filter(({ isPlugged }) => !isPlugged()).map(({ name }) => name);
  if (open.length > 0) throw new Error(`nothing is plugged into ${open.join(", ")}`);
}
