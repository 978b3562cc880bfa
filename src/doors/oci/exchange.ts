import { type Action, decide } from "../../features/access/rules.ts";
import type { Pusher } from "../../features/content/context.ts";
import type { Content } from "../../features/content/service.ts";
import { anonymous, type Principal } from "../../features/identity/principal.ts";
import type { Identity } from "../../features/identity/service.ts";
import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Digest } from "../../oci/digest.ts";
import { projectOf, type Reference, type RepositoryName } from "../../oci/name.ts";
import type { Connection } from "../../platform/listen/handler.ts";
import type { Route } from "./route.ts";

/** What this door stands on. */
export interface OciParts {
  readonly content: Content;
  readonly identity: Identity;
  readonly clock: Clock;
  /** Everybody may do everything (`--insecure-no-auth`). */
  readonly open: boolean;
  /** What the challenge calls this registry. */
  readonly realm: string;
  /** Entries of a tag or catalogue page without `n`. */
  readonly pageSize: number;
  /** Whether a push may bring its project into being. */
  readonly autoCreate: boolean;
}

/** One request on its way through the steps of its endpoint; each step fills in what it found. */
export class Exchange {
  readonly parts: OciParts;
  readonly request: Request;
  readonly connection: Connection;
  readonly route: Route;
  readonly action: Action;
  principal: Principal = anonymous;
  bytesIn = 0;
  #query: URLSearchParams | undefined;
  #name: RepositoryName | undefined;
  #digest: Digest | undefined;
  #reference: Reference | undefined;

  constructor(
    parts: OciParts,
    request: Request,
    connection: Connection,
    { route, action }: { route: Route; action: Action },
  ) {
    this.parts = parts;
    this.request = request;
    this.connection = connection;
    this.route = route;
    this.action = action;
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

  get digest(): Digest {
    return found(this.#digest, "digest");
  }

  set digest(digest: Digest) {
    this.#digest = digest;
  }

  get reference(): Reference {
    return found(this.#reference, "reference");
  }

  set reference(reference: Reference) {
    this.#reference = reference;
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

  get pusher(): Pusher {
    const { principal, parts } = this;
    const project = { kind: "project", name: projectOf(this.name) } as const;
    const may = parts.autoCreate && decide(principal, "project:create", project).allowed;
    return { id: principal.id, mayCreateProject: may };
  }
}

/** A step that an endpoint leaves out cannot have filled this in: a mistake in the table. */
function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`no step has read the ${what} of this request`);
  return value;
}
