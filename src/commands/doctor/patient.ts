import type { RestCredential } from "../../client/rest.ts";
import type { Environment } from "../../config/env-source.ts";
import type { Target } from "./target.ts";
import type { Way } from "./wire.ts";

/** What the token service, or `/v2/` itself, wants to be shown. */
export type Wanted =
  | { readonly kind: "nothing" }
  | { readonly kind: "basic" }
  | { readonly kind: "bearer"; readonly realm: URL; readonly service: string | undefined };

/** Name and password as clients send them. */
export interface Login {
  readonly name: string;
  readonly password: string;
  /** Where it was found, for people. */
  readonly origin: string;
}

/** What checks have learned, for those that come after them. */
export interface Learned {
  addresses: readonly string[];
  /** The address that answered. */
  address: string | undefined;
  /** The whole way, once it is known whether there is TLS and that it can be trusted. */
  way: Way | undefined;
  wanted: Wanted;
  login: Login | undefined;
  /** The header that proves who asks REST; undefined for nobody. */
  proof: string | undefined;
  /** Whether a push to the repository is allowed; undefined: not known. */
  mayPush: boolean | undefined;
}

/** The registry and the machine that are examined. */
export interface Patient {
  readonly target: Target;
  readonly project: string | undefined;
  /** The full name. */
  readonly repository: string | undefined;
  /** What was given on the command line or in the environment. */
  readonly credential: RestCredential | undefined;
  /** PEM certificates to trust besides the system's. */
  readonly ca: string | undefined;
  /** Addresses in the place of what the resolver says, by name. */
  readonly resolved: ReadonlyMap<string, string>;
  readonly env: Environment;
  readonly files: Files;
  readonly language: "en" | "zh";
  readonly learned: Learned;
}

/** Where this machine keeps what is looked at. */
export interface Files {
  /** The machine's own settings: `/etc`. */
  readonly etc: string;
  /** The folders that clients keep images in. */
  readonly images: readonly string[];
  /** A server's configuration and data on this machine; undefined: none is meant. */
  readonly config: string | undefined;
  readonly data: string | undefined;
}

export function newLearned(): Learned {
  return {
    addresses: [],
    address: undefined,
    way: undefined,
    wanted: { kind: "nothing" },
    login: undefined,
    proof: undefined,
    mayPush: undefined,
  };
}
