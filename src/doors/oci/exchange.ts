import type { Action } from "../../features/access/permissions.ts";
import type { Resource } from "../../features/access/rules.ts";
import type { Doer } from "../../features/audit/entry.ts";
import type { Pusher } from "../../features/content/context.ts";
import { doerOf } from "../../features/identity/doer.ts";
import type { Presence } from "../../features/identity/presence.ts";
import { type Actor, anonymousAt, type Principal } from "../../features/identity/principal.ts";
import { neededScope } from "../../features/registry-tokens/rules.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import { projectOf, type Reference, type RepositoryName, type TagName } from "../../oci/name.ts";
import { formatScope, type Scope } from "../../oci/scope.ts";
import type { Connection } from "../../platform/listen/handler.ts";
import type { OciParts } from "./parts.ts";
import type { Headers } from "./respond.ts";
import type { Route } from "./route.ts";

/** By which scheme the caller showed who they are, if at all. */
export type Scheme = "none" | "basic" | "bearer";

/** Before anybody was asked for. */
const NOBODY = anonymousAt(null);

/** Content that this exchange gives out. */
export interface Delivered {
  /** Full name of the repository. */
  readonly repository: string;
  readonly kind: "manifest" | "blob";
  readonly digest: string;
  readonly tag?: string | undefined;
}

/** What an exchange is about, besides its parts. */
export interface Asked {
  readonly route: Route;
  readonly action: Action;
  /** Gives the request's id, which is made when it is first needed. */
  readonly answered: { readonly requestId: string };
}

/** One request on its way through the steps of its endpoint; each step fills in what it found. */
export class Exchange {
  readonly parts: OciParts;
  readonly request: Request;
  readonly connection: Connection;
  readonly route: Route;
  readonly action: Action;
  readonly #answered: Asked["answered"];
  actor: Actor = NOBODY;
  scheme: Scheme = "none";
  /** The registry token that was shown. */
  token: string | undefined;
  /** Whether this push may bring its project into being. */
  mayCreateProject = false;
  /** The tags beside the reference. */
  tags: readonly TagName[] = [];
  /** Headers of the answer, refusals included. */
  extra: Headers | undefined;
  bytesIn = 0;
  /** What the answer brings, where that counts as a pull or a part of one. */
  delivered: Delivered | undefined;
  #query: URLSearchParams | undefined;
  #name: RepositoryName | undefined;
  #digest: Digest | undefined;
  #scopes: readonly Scope[] | undefined;
  /** The tag or digest at the end of the path, where the endpoint reads one. */
  reference: Reference | undefined;

  constructor(parts: OciParts, request: Request, connection: Connection, asked: Asked) {
    this.parts = parts;
    this.request = request;
    this.connection = connection;
    this.route = asked.route;
    this.action = asked.action;
    this.#answered = asked.answered;
  }

  get requestId(): string {
    return this.#answered.requestId;
  }

  get principal(): Principal {
    return this.actor.principal;
  }

  /** The client's, behind the trusted proxies. */
  get address(): string | null {
    return this.connection.peer.address;
  }

  get presence(): Presence {
    const userAgent = this.request.headers.get("user-agent");
    return { address: this.address, requestId: this.requestId, userAgent };
  }

  /** The actor as the audit log names it. */
  get doer(): Doer {
    return doerOf(this.actor, this.requestId);
  }

  get pusher(): Pusher {
    return { doer: this.doer, mayCreateProject: this.mayCreateProject };
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.connection.query);
    return this.#query;
  }

  get name(): RepositoryName {
    return found(this.#name, "name");
  }

  set name(name: RepositoryName) {
    this.#name = name;
  }

  /** The name of the repository's project. */
  get project(): string {
    return projectOf(this.name);
  }

  get digest(): Digest {
    return found(this.#digest, "digest");
  }

  set digest(digest: Digest) {
    this.#digest = digest;
  }

  /** What a token must allow for this request, as a list with spaces; undefined where any will do. */
  get scope(): string | undefined {
    const { scopes } = this;
    return scopes.length === 0 ? undefined : scopes.map(formatScope).join(" ");
  }

  get scopes(): readonly Scope[] {
    if (this.#scopes !== undefined) return this.#scopes;
    const name = this.#name;
    const on: Resource = name === undefined ? { kind: "registry" } : { kind: "repository", name };
    const scope = neededScope(this.action, on);
    return scope === undefined ? [] : [scope];
  }

  set scopes(scopes: readonly Scope[]) {
    this.#scopes = scopes;
  }

  /** The last segment of the path, decoded once: routing is over, so `%2F` can no longer split it. */
  get last(): string {
    if (!("last" in this.route)) throw new Error(`a ${this.route.kind} route has no last segment`);
    const { last } = this.route;
    if (!last.includes("%")) return last;
    try {
      return decodeURIComponent(last);
    } catch (error) {
      throw failure("request.malformed", { reason: "a percent sign without two digits" }, error);
    }
  }
}

/** A step that an endpoint leaves out cannot have filled this in: a mistake in the table. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no step has read the ${what} of this request`);
  return value;
}
