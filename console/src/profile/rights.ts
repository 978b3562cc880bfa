import type { Limit } from "../api/types.ts";

/** What a token may do, in the sets that people choose from; each has those before it. */
export const RIGHTS = {
  pull: ["repository:read", "repository:pull"],
  pushPull: ["repository:read", "repository:pull", "repository:push"],
  full: ["repository:read", "repository:pull", "repository:push", "repository:delete"],
} as const;

export type RightsName = keyof typeof RIGHTS;

export const RIGHTS_NAMES = ["pull", "pushPull", "full"] as const satisfies readonly RightsName[];

/** The set that the actions of a limit are; undefined for any other choice of actions. */
export function rightsNameOf({ actions }: Limit): RightsName | undefined {
  const given = new Set(actions);
  return RIGHTS_NAMES.find(
    (name) => given.size === RIGHTS[name].length && RIGHTS[name].every((each) => given.has(each)),
  );
}
