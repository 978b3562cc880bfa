import type { Registry } from "./harness.ts";
import type { Shape } from "./images.ts";

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
  close(): Promise<void>;
}

/** What a client is given to work with. */
export interface ClientOptions {
  readonly registry: Registry;
  /** A folder of its own, removed by whoever made it. */
  readonly folder: string;
}

/** The credentials of a registry under test as `user:password`. */
export function userPassword(registry: Registry): string {
  if (registry.credentials === undefined) throw new Error("the clients need credentials");
  return `${registry.credentials.username}:${registry.credentials.password}`;
}

/** The first digest in a text, or a throw that shows the text. */
export function digestIn(text: string): string {
  const [digest] = /sha256:[0-9a-f]{64}/.exec(text) ?? [];
  if (digest === undefined) throw new Error(`no digest in ${JSON.stringify(text)}`);
  return digest;
}
