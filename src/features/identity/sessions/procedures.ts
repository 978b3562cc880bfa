import { takeAttempt } from "../factors/store/attempts.ts";
import { addPasskey, beginTotp, confirmTotp } from "../factors/store/enrol.ts";
import {
  purgeUnconfirmed,
  regenerateCodes,
  removeFactor,
  resealFactors,
  resetFactors,
} from "../factors/store/manage.ts";
import { signInByPasskey, usePasskey, useRecovery, useTotp } from "../factors/store/use.ts";
import { endSession, endSessions, purgeSessions } from "./store/end.ts";
import { confirmSession, openSession, rotateSession, touchSession } from "./store/write.ts";

/** The write transactions of sessions and second factors. */
export const sessionProcedures = [
  openSession,
  confirmSession,
  rotateSession,
  touchSession,
  endSession,
  endSessions,
  purgeSessions,
  takeAttempt,
  beginTotp,
  confirmTotp,
  addPasskey,
  useTotp,
  useRecovery,
  usePasskey,
  signInByPasskey,
  removeFactor,
  regenerateCodes,
  resetFactors,
  resealFactors,
  purgeUnconfirmed,
];
