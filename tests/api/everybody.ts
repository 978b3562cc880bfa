import {
  type Action,
  comesWithLogin,
  isSystemOnly,
} from "../../src/features/access/permissions.ts";
import type { Operation } from "./operations.ts";
import type { Home } from "./tenants.ts";

/** Somebody, and the built-in roles that they have. */
export interface Somebody {
  readonly name: string;
  readonly roles: Partial<Record<Home, string>>;
  readonly is?: "nobody" | "administrator" | "robot" | "limited" | "session" | "forged";
}

export const EVERYBODY: readonly Somebody[] = [
  { name: "anonymous", roles: {}, is: "nobody" },
  { name: "outsider", roles: {} },
  { name: "guest", roles: { alpha: "guest" } },
  { name: "developer", roles: { alpha: "developer" } },
  { name: "maintainer", roles: { alpha: "maintainer" } },
  { name: "chief", roles: { alpha: "project-administrator" } },
  { name: "chief-b", roles: { beta: "project-administrator" } },
  { name: "auditor", roles: { system: "auditor" } },
  { name: "admin", roles: {}, is: "administrator" },
  { name: "robot of alpha", roles: { alpha: "developer" }, is: "robot" },
  { name: "token that pulls", roles: { alpha: "project-administrator" }, is: "limited" },
  { name: "session", roles: { alpha: "project-administrator" }, is: "session" },
  { name: "session without its token", roles: { alpha: "project-administrator" }, is: "forged" },
];

/** The permissions of each role, by its id. */
export type Permissions = ReadonlyMap<string, ReadonlySet<string>>;

const PERSONAL = new Set(["getMe", "createLoginPassword"]);

/** What becomes of the request as far as access goes: "done", or the code of the refusal. */
export function verdict(
  operation: Operation,
  home: Home,
  who: Somebody,
  permissions: Permissions,
): string {
  const { action, method, tag, id } = operation;
  if (action === "public") return "done";
  if (who.is === "forged" && method !== "GET") return "api.cross_site";
  if (action === "visitor") return "done";
  const hasSession = who.is === "session" || who.is === "forged";
  if (action === "session") return hasSession ? "done" : "access.unauthenticated";
  if (who.is === "nobody") return "access.unauthenticated";
  // Such a password is as limited as what it was got with.
  if (who.is === "limited") {
    const isCovered = action === "repository:pull" && home === "alpha";
    return action === "self:login-password" || isCovered ? "done" : "access.denied";
  }
  if (who.is === "administrator") return "done";
  if (comesWithLogin(action as Action)) {
    const isForPeople = tag === "me" && !PERSONAL.has(id);
    return who.is === "robot" && isForPeople ? "access.denied" : "done";
  }
  const system = isSystemOnly(action as Action);
  const homes: Home[] = system || home === "system" ? ["system"] : ["system", home];
  const isAllowed = homes.some((each) => permissions.get(who.roles[each] ?? "")?.has(action));
  return isAllowed ? "done" : "access.denied";
}

/** The statuses of the refusals that are about who asks. */
export const STATUS: Readonly<Record<string, number>> = {
  "access.unauthenticated": 401,
  "access.denied": 403,
  "api.cross_site": 403,
};
