import type { z } from "@hono/zod-openapi";
import type { Action } from "../../features/access/permissions.ts";
import type { Resource } from "../../features/access/rules.ts";
import type { Doer } from "../../features/audit/entry.ts";
import type { Presence } from "../../features/identity/presence.ts";
import type { Actor } from "../../features/identity/principal.ts";
import type { Session } from "../../features/identity/sessions/session.ts";
import type { Language } from "../../kernel/errors/catalogue.ts";
import type { BlobBody } from "../../platform/blobs/port.ts";
import type { Connection } from "../../platform/listen/handler.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The session that a request came with, and its cookie; absent for passwords and tokens. */
export interface SessionOfCall {
  readonly session: Session;
  readonly cookie: string;
}

/** A request that was checked: its parts by their schemas, its caller by the one decision. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly actor: Actor;
  readonly login: SessionOfCall | undefined;
  readonly doer: Doer;
  readonly presence: Presence;
  readonly language: Language;
  /** What absolute URLs are built from; undefined for a host that is not known. */
  readonly origin: string | undefined;
  /** Whether the client's own hop is encrypted: which cookies it gets. */
  readonly secure: boolean;
  readonly request: Request;
  readonly connection: Connection;
  /** The path below `/api/v1`, as it was sent. */
  readonly path: string;
  /** The version that the caller demands by `If-Match`; undefined when they demand none. */
  readonly version: number | undefined;
  /** Whether the same request would be let in now: for answers that last. */
  readonly stillMay: () => Promise<boolean>;
}

export interface Reply<R> {
  readonly body: R;
  /** The version for `ETag`. */
  readonly version?: number;
  /** Path of what was made. */
  readonly location?: string;
  /** `Set-Cookie` values. */
  readonly cookies?: readonly string[];
  /** A body that is not JSON: exports, redirects. */
  readonly raw?: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: BlobBody | null;
  };
}

/**
 * What must be allowed before the handler runs. `public`: whoever comes, without being asked who
 * (sign-in itself). `visitor`: whoever comes, logged in or not; the handler shows them only what
 * they may see. `session`: whoever has a session, finished or not (second factors).
 */
export type Declared = Action | "public" | "visitor" | "session";

export interface RouteSpec<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  readonly method: Method;
  /** Below `/api/v1`, with `{parameters}`. */
  readonly path: string;
  /** `operationId`: what the typed client and the CLI call it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: { readonly en: string; readonly zh: string };
  readonly action: Declared;
  /** What the action is done to; the installation when left out. */
  readonly on?: (params: z.output<P>, body: z.output<B>) => Resource;
  readonly params: P;
  readonly query: Q;
  readonly body: B | undefined;
  readonly answer: R;
  /** Status when it went well: 200 unless said; 204 has no body, and 302 leads elsewhere. */
  readonly status?: 200 | 201 | 202 | 204 | 302;
  /** A create: `Idempotency-Key` is honoured. */
  readonly isCreate?: boolean;
  /** Members of the answer that are told once and never kept. */
  readonly secrets?: readonly string[];
  /** Needs a factor shown within the last minutes when done by a session (step-up). */
  readonly stepUp?: boolean;
  /** The version of `If-Match` is compared; elsewhere that header is refused. */
  readonly isVersioned?: boolean;
  /** Also for whoever must choose a new password first. */
  readonly whileOwing?: boolean;
  /** The media types of an answer that is not JSON. */
  readonly media?: readonly string[];
  readonly handle: (
    call: Call<z.output<P>, z.output<Q>, z.output<B>>,
  ) => Promise<Reply<z.input<R>>> | Reply<z.input<R>>;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds routes of every shape
export type AnyRoute = RouteSpec<any, any, any, any>;

/** Declares a route; the types of its parts follow from its schemas. */
export function route<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(spec: RouteSpec<P, Q, B, R>): AnyRoute {
  return spec;
}
