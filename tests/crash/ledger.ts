import { Register, type Value, type Write } from "./registers.ts";

export type Kind = "blob" | "manifest" | "tag";

/** The name of a register: what, in which repository, under which digest or tag. */
export interface Key {
  readonly kind: Kind;
  readonly repository: string;
  readonly name: string;
}

/** The value of a blob or a manifest that is there. */
export const PRESENT = "there";

/** One request that changes registers, from the moment it is sent. */
export interface Attempt {
  /** The registry confirmed it. */
  acknowledge(): void;
  /** The registry refused it and changed nothing. */
  refuse(): void;
  /** The registry answered with a fault: it may have happened before that answer, never later. */
  doubt(): void;
}

/** Everything that was asked of a registry, and what it must therefore hold. */
export class Ledger {
  #clock = 0;
  readonly #registers = new Map<string, { key: Key; register: Register }>();
  readonly #touched = new Map<string, Key>();
  readonly #open = new Set<[Register, Write][]>();

  /** The next tick of the clock that orders requests and answers. */
  tick(): number {
    this.#clock += 1;
    return this.#clock;
  }

  #register(key: Key): Register {
    const id = `${key.kind} ${key.repository} ${key.name}`;
    const known = this.#registers.get(id);
    if (known) return known.register;
    const register = new Register(undefined, this.#clock);
    this.#registers.set(id, { key, register });
    return register;
  }

  /** A request is about to be sent that gives these registers these values, all or none. */
  begin(changes: readonly (readonly [Key, Value])[]): Attempt {
    const at = this.tick();
    const writes = changes.map(([key, value]): [Register, Write] => {
      this.#touched.set(`${key.kind} ${key.repository} ${key.name}`, key);
      const register = this.#register(key);
      return [register, register.begin(value, at)];
    });
    this.#open.add(writes);
    const settle = (apply: (register: Register, write: Write, at: number) => void) => () => {
      if (!this.#open.delete(writes)) return;
      const now = this.tick();
      for (const [register, write] of writes) apply(register, write, now);
    };
    return {
      acknowledge: settle((register, write, now) => register.acknowledge(write, now)),
      refuse: settle((register, write) => register.refuse(write)),
      doubt: settle((register, write, now) => register.doubt(write, now)),
    };
  }

  /** The process is gone: what was under way has happened by now or never will. */
  crashed(): void {
    const now = this.tick();
    for (const writes of this.#open)
      for (const [register, write] of writes) register.doubt(write, now);
    this.#open.clear();
  }

  /** Takes note of a read that began at tick `from`; answers what is wrong with it. */
  read(key: Key, value: Value, from: number): string | undefined {
    const wrong = this.#register(key).read(value, from, this.tick());
    return wrong && `${key.kind} ${key.repository} ${key.name}: ${wrong}`;
  }

  /** Whether a blob or manifest is there beyond doubt. */
  isThere(key: Key): boolean {
    return this.#register(key).settled(this.tick())?.value === PRESENT;
  }

  /** Registers that were written to since the last call. */
  takeTouched(): Key[] {
    const keys = [...this.#touched.values()];
    this.#touched.clear();
    return keys;
  }

  keys(): Key[] {
    return [...this.#registers.values()].map(({ key }) => key);
  }

  /** Forgets history that no later read can return; only when nothing is under way. */
  prune(): void {
    if (this.#open.size > 0) return;
    const now = this.tick();
    for (const { register } of this.#registers.values()) register.prune(now);
  }
}
