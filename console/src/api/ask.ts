import {
  type AnswerOf,
  type GivenTo,
  type OperationId,
  requestOf,
} from "../../../src/client/api/request.ts";
import { call } from "./client.ts";

/** Asks for an operation by its name; what it takes and gives is typed by the server's schemas. */
export function ask<Id extends OperationId>(id: Id, given: GivenTo<Id>): Promise<AnswerOf<Id>> {
  const { method, path, query, body } = requestOf(id, given);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return call(method, search.size > 0 ? `${path}?${search}` : path, body);
}
