import type { AnyProcedure } from "../../platform/database/port.ts";
import { memberProcedures } from "./groups/store/members.ts";
import { groupProcedures } from "./groups/store/write.ts";
import { purgeProcedures } from "./purge/store.ts";
import { robotProcedures } from "./robots/store.ts";
import { throttleProcedures } from "./throttle/store.ts";
import { tokenProcedures } from "./tokens/store/write.ts";
import { changeProcedures } from "./users/store/change.ts";
import { createProcedures } from "./users/store/create.ts";
import { lifeProcedures } from "./users/store/life.ts";

/** The write transactions of accounts, groups, robots, tokens and logins. */
export const identityProcedures: readonly AnyProcedure[] = [
  ...createProcedures,
  ...changeProcedures,
  ...lifeProcedures,
  ...robotProcedures,
  ...groupProcedures,
  ...memberProcedures,
  ...tokenProcedures,
  ...throttleProcedures,
  ...purgeProcedures,
];
