import type { AnyProcedure } from "../../../platform/database/port.ts";
import { appendEntries } from "./append.ts";
import { claimCheckpoint, keepCheckpoints } from "./checkpoints.ts";
import { advanceForward, claimForward, releaseForward } from "./forward.ts";
import { makeKeys, resealKeys } from "./keys.ts";
import { purgeChain } from "./purge.ts";

/** Every write of the audit log, for the writer's thread. */
export const auditProcedures: readonly AnyProcedure[] = [
  appendEntries,
  makeKeys,
  resealKeys,
  claimCheckpoint,
  keepCheckpoints,
  purgeChain,
  claimForward,
  advanceForward,
  releaseForward,
];
