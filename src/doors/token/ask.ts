import { failure } from "../../kernel/errors/catalogue.ts";
import { excerpt } from "../../oci/excerpt.ts";
import { parseScopes, type Scope } from "../../oci/scope.ts";
import { type BasicCredentials, basicCredentials } from "../basic.ts";
import type { Form } from "./form.ts";

/** RFC 8693 section 2.1. */
export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** What the caller shows. */
export type Shown =
  | { readonly kind: "nothing" }
  | ({ readonly kind: "password" } & BasicCredentials)
  | { readonly kind: "refresh"; readonly secret: string }
  | {
      readonly kind: "outside";
      readonly token: string;
      /** Which trust rule or robot is meant, where several would do. */
      readonly rule: string | undefined;
      readonly robot: string | undefined;
    };

/** A request for a token, by whichever method it came. */
export interface TokenAsk {
  readonly shown: Shown;
  readonly scopes: readonly Scope[];
  /** Whether it asks for a refresh token too. */
  readonly offline: boolean;
  /** What the client calls itself: visible characters, a few. */
  readonly client: string;
}

const MOST_CLIENT = 64;

function clientOf(id: string | null | undefined): string {
  const visible = (id ?? "").replace(/[^\x21-\x7e]/g, "").slice(0, MOST_CLIENT);
  return visible === "" ? "client" : visible;
}

/** "Sends Basic `:` when anonymous — treat as anonymous." */
function shownBy(given: BasicCredentials | undefined): Shown {
  return given === undefined ? { kind: "nothing" } : { kind: "password", ...given };
}

/**
 * Reads `GET /token`: parameters `scope` (repeated, each perhaps a list), `offline_token`,
 * `client_id`, with Basic or without. `service` and `account` say nothing that counts: tokens are
 * of this service, for whoever shows a password. Throws `access.bad_credentials`.
 */
export function readQuery(query: string, authorization: string | null): TokenAsk {
  const fields = new URLSearchParams(query);
  return {
    shown: shownBy(authorization === null ? undefined : basicCredentials(authorization)),
    scopes: parseScopes(fields.getAll("scope")),
    offline: fields.get("offline_token") === "true" || fields.get("access_type") === "offline",
    client: clientOf(fields.get("client_id")),
  };
}

/** The grants that are understood; exchanging needs somebody to do it. */
function supported(exchanges: boolean): string[] {
  const always = ["password", "refresh_token"];
  return exchanges ? [...always, TOKEN_EXCHANGE] : always;
}

function shownIn(form: Form, exchanges: boolean): Shown {
  const grant = form.must("grant_type");
  if (grant === "password") {
    const name = form.must("username");
    const password = form.must("password");
    return shownBy(name === "" && password === "" ? undefined : { name, password });
  }
  if (grant === "refresh_token") return { kind: "refresh", secret: form.must("refresh_token") };
  if (grant === TOKEN_EXCHANGE && exchanges) {
    const [rule, robot] = [form.one("rule"), form.one("robot")];
    return { kind: "outside", token: form.must("subject_token"), rule, robot };
  }
  const given = excerpt(grant);
  throw failure("token.grant_unsupported", { given, supported: supported(exchanges) });
}

/**
 * Reads the form of `POST /token`: `grant_type` and what that takes, `scope`, `access_type`,
 * `client_id`. Throws `token.request_invalid`, `token.grant_unsupported`.
 */
export function readGrant(form: Form, exchanges: boolean): TokenAsk {
  return {
    shown: shownIn(form, exchanges),
    scopes: parseScopes(form.all("scope")),
    offline: form.one("access_type") === "offline",
    client: clientOf(form.one("client_id")),
  };
}
