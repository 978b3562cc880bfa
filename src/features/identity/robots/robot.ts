import type { Doer } from "../../audit/entry.ts";
import type { Page, PageAsk } from "../page.ts";
import type { IssuedToken, Token } from "../tokens/token.ts";

/** The account of a machine, of a project or of the system. Times are milliseconds. */
export interface Robot {
  readonly id: string;
  /** `robot+<project>+<name>`, or `robot+<name>` for one of the system. */
  readonly name: string;
  readonly description: string | null;
  /** Null for a robot of the system. */
  readonly projectId: string | null;
  readonly state: "active" | "disabled" | "deleted";
  readonly createdAt: number;
  readonly disabledAt: number | null;
  readonly deletedAt: number | null;
  readonly lastLoginAt: number | null;
  readonly version: number;
}

export interface NewRobot {
  /** The last part of its name. */
  readonly name: string;
  /** The project as it was loaded; null for a robot of the system. */
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly description?: string | null;
  /** What its secrets are limited to at most; null for whatever its bindings allow. */
  readonly limits?: unknown;
  readonly addresses?: unknown;
  /** Milliseconds from now after which its first secret is dead; left out: never. */
  readonly lifetime?: number;
}

export interface Rotation {
  /** For how many milliseconds the secret before stays valid: 0 to 7 days; left out: an hour. */
  readonly overlap?: number;
  /** Milliseconds from now after which the new secret is dead; left out: never. */
  readonly lifetime?: number;
}

export interface RobotQuery extends PageAsk {
  /** Of this project; null: of the system; left out: all. */
  readonly projectId?: string | null;
  readonly prefix?: string;
  readonly state?: Robot["state"];
}

/** Accounts of machines. Who may do what is decided by the caller; each change is recorded. */
export interface Robots {
  /**
   * Makes a robot and its first secret. Throws `identity.name_invalid`, `identity.name_taken`,
   * `identity.unknown` (the project), `identity.limits_invalid`, `identity.lifetime_invalid`.
   */
  create(
    by: Doer,
    input: NewRobot,
  ): Promise<{ readonly robot: Robot; readonly secret: IssuedToken }>;
  update(
    by: Doer,
    id: string,
    change: { readonly description?: string | null },
    version?: number,
  ): Promise<Robot>;
  /**
   * A new secret, valid at once, with the limits of the one before; that one stays valid for the
   * overlap, older ones end now: never more than two are live.
   */
  rotate(by: Doer, id: string, rotation?: Rotation): Promise<IssuedToken>;
  disable(by: Doer, id: string): Promise<Robot>;
  enable(by: Doer, id: string): Promise<Robot>;
  delete(by: Doer, id: string): Promise<Robot>;
  /**
   * Brings a deleted robot back without secrets: it needs a new one, which has the limits of the
   * last. Throws `identity.name_taken`.
   */
  restore(by: Doer, id: string): Promise<Robot>;
  /** Throws `identity.unknown`. */
  get(id: string): Promise<Robot>;
  list(query: RobotQuery): Promise<Page<Robot>>;
  /** Its live secrets (at most two), without the secrets. */
  secrets(id: string): Promise<readonly Token[]>;
}
