import { isDigest } from "../oci/digest.ts";
import { RestFault } from "./rest-fault.ts";

/** What a name begins with: which registry, when it says so; and all the rest of it. */
export interface SplitName {
  /** A host with or without port, or a URL; undefined where none is named. */
  readonly server: string | undefined;
  readonly rest: string;
}

/** A repository and perhaps what is meant in it. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const URL_START = /^https?:\/\/[^/]+/i;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const MOST_NAME = 255;

/** Whether the first part of a name is a host, as docker has it: with a dot or a colon, or `localhost`. */
function isHost(first: string): boolean {
  return /[.:]/.test(first) || first === "localhost";
}

/** Parts the registry from the rest of `[registry/]project/repository[:tag][@digest]`. */
export function splitServer(text: string): SplitName {
  const url = URL_START.exec(text)?.[0];
  if (url !== undefined) return { server: url, rest: text.slice(url.length).replace(/^\//, "") };
  const slash = text.indexOf("/");
  const first = text.slice(0, slash);
  if (slash <= 0 || !isHost(first)) return { server: undefined, rest: text };
  return { server: first, rest: text.slice(slash + 1) };
}

/** The same where the registry may stand alone, and no tag can. */
export function splitPlace(text: string): SplitName {
  const found = splitServer(text);
  const isAlone = found.server === undefined && !text.includes("/") && isHost(text);
  return isAlone ? { server: text, rest: "" } : found;
}

function unnamed(text: string): RestFault {
  return new RestFault("name", JSON.stringify(text));
}

/** A repository's name. Throws `RestFault`. */
export function repositoryName(text: string): string {
  const isName = text.length <= MOST_NAME && text.split("/").every((part) => COMPONENT.test(part));
  if (!isName) throw unnamed(text);
  return text;
}

/** Reads `repository[:tag][@digest]`, without a registry. Throws `RestFault`. */
export function parseImageName(text: string): ImageName {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  if (digest !== undefined && !isDigest(digest)) throw unnamed(text);
  if (tag !== undefined && !TAG.test(tag)) throw unnamed(text);
  return { repository: repositoryName(repository), tag, digest };
}
