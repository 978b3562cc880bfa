/** Where a page is about: the whole installation (null), or a project by its name. */
export type Scope = string | null;

/** A path of the REST API for things of that scope. */
export function under(scope: Scope, path: string): string {
  return scope === null ? path : `/projects/${encodeURIComponent(scope)}${path}`;
}

/** Where the bindings of that scope are. */
export function bindingsOf(scope: Scope): string {
  return under(scope, scope === null ? "/bindings" : "/members");
}
