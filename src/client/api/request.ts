import type { Operations } from "./shapes.gen.ts";
import { type Way, ways } from "./ways.gen.ts";

export type OperationId = keyof Operations;

/** What the answer of an operation is, when it goes well. */
export type AnswerOf<Id extends OperationId> = Operations[Id]["answer"];

type IsNothing<T> = [keyof T] extends [never] ? true : string extends keyof T ? true : false;
type Params<T> = IsNothing<T> extends true ? object : { readonly params: T };
type Query<T> =
  IsNothing<T> extends true
    ? object
    : object extends T
      ? { readonly query?: T }
      : { readonly query: T };
type Body<T> = [T] extends [undefined] ? object : { readonly body: T };

/** What an operation must be given: its path's parameters, its query, its body. */
export type GivenTo<Id extends OperationId> = Params<Operations[Id]["params"]> &
  Query<Operations[Id]["query"]> &
  Body<Operations[Id]["body"]>;

/** A request that every HTTP client can send. */
export interface ApiRequest {
  readonly method: Way[0];
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body: unknown;
}

interface Loose {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: ApiRequest["query"];
  readonly body?: unknown;
}

/**
 * Writes the request of an operation. Every parameter stays one segment of the path, whatever it
 * holds. Throws RangeError for one that a server would resolve away (`.`, `..`, nothing).
 */
export function requestOf<Id extends OperationId>(id: Id, given: GivenTo<Id>): ApiRequest {
  const [method, template] = ways[id];
  const { params = {}, query = {}, body } = given as Loose;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name] ?? "";
    if (/^\.{0,2}$/.test(value)) throw new RangeError(`${id}: no value for ${name}`);
    return encodeURIComponent(value);
  });
  return { method, path, query, body };
}
