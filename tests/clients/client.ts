import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Registry } from "./harness.ts";
import type { Shape } from "./images.ts";
import type { Credentials } from "./launchers.ts";

/** An image that a client holds locally and can push. */
export interface LocalImage {
  /** What the client calls it by. */
  readonly name: string;
  /** The digest of its config, which no registry may change. */
  readonly id: string;
}

/** What a pull brought, as the client itself says. */
export interface Pulled {
  readonly digest: string;
  readonly id: string;
}

/** A pushed index: its digest, and what every platform's pull has to bring. */
export interface PushedIndex {
  readonly digest: string;
  /** Config digest by architecture. */
  readonly ids: Readonly<Record<string, string>>;
}

/**
 * A real container client with its own storage, against one registry. References are
 * `team/name:tag`, without the host.
 */
export interface Client {
  readonly name: string;
  /**
   * Goes on as somebody else, logging in as the client's own users do. Throws what the client said
   * where that was refused. Clients without a login of their own show the credential at each use.
   */
  login(who: Credentials): Promise<void>;
  /** Goes on as nobody. */
  logout(): Promise<void>;
  /** Makes an image of random bytes in the client's own storage. */
  makeImage(seed: string, shape: Shape): Promise<LocalImage>;
  /** Pushes; answers the digest that the client reports. */
  push(image: LocalImage, reference: string): Promise<string>;
  /** Removes an image and all that came with it, so that a pull has to fetch everything. */
  forget(image: LocalImage, reference: string): Promise<void>;
  pull(reference: string): Promise<Pulled>;
  /** Makes and pushes an index of two platforms. */
  pushIndex(seed: string, reference: string): Promise<PushedIndex>;
  /** Pulls the image of one platform by the index, from scratch. */
  pullFromIndex(reference: string, architecture: string): Promise<Pulled>;
  /** Takes an image to another repository of the registry, as the client does it best. */
  copy(from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

/** What a client is given to work with. */
export interface ClientOptions {
  readonly registry: Registry;
  /** Begin as nobody; else as the registry's own account. */
  readonly anonymous?: boolean;
  /** A folder of its own, removed by whoever made it. */
  readonly folder: string;
}

/** Whom a client begins as, as `user:password`; undefined for nobody. */
export function firstCredentials({ registry, anonymous }: ClientOptions): string | undefined {
  if (anonymous === true) return undefined;
  if (registry.credentials === undefined) throw new Error("the clients need credentials");
  return userPassword(registry.credentials);
}

/** Credentials as `user:password`. */
export function userPassword({ username, password }: Credentials): string {
  return `${username}:${password}`;
}

/** A file of logins that is nobody's but this client's, with nothing in it yet. */
export function emptyAuthFile(folder: string): string {
  const file = join(folder, "auth.json");
  writeFileSync(file, '{"auths":{}}', { mode: 0o600 });
  return file;
}

/** The first digest in a text, or a throw that shows the text. */
export function digestIn(text: string): string {
  const [digest] = /sha256:[0-9a-f]{64}/.exec(text) ?? [];
  if (digest === undefined) throw new Error(`no digest in ${JSON.stringify(text)}`);
  return digest;
}
