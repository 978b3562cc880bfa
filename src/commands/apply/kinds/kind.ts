import type { RestClient } from "../../../client/rest.ts";
import type { Present, Section, Wanted } from "../model.ts";
import type { SecretFolder } from "../secret-folder.ts";

/** What carrying a change out may use. */
export interface Act {
  readonly rest: RestClient;
  /** Where the secrets of new robots go; undefined when nobody asked for them. */
  readonly secrets: SecretFolder | undefined;
}

/** How one kind of thing is read and changed over REST. All throw `RestProblem`, `RestFault`. */
export interface Kind {
  /** All of a section, or of projects and groups those of these names. */
  read(rest: RestClient, section: Section, names?: readonly string[]): AsyncIterable<Present>;
  create(act: Act, wanted: Wanted): Promise<void>;
  /** `fields` are the names of those that differ. */
  update(act: Act, wanted: Wanted, present: Present, fields: readonly string[]): Promise<void>;
  remove(act: Act, present: Present): Promise<void>;
}

/** Some of the fields of what is wanted. */
export function chosen(wanted: Wanted, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, wanted.fields[field]]));
}
