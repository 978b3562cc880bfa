import type { Command } from "commander";
import { accessCommand } from "./access.ts";
import { addApi } from "./api.ts";
import { addAuditVerbs } from "./audit-log.ts";
import { addBackupVerbs } from "./backup.ts";
import type { RemoteContext } from "./connection.ts";
import { addContentVerbs } from "./content.ts";
import { addCopy } from "./copy/command.ts";
import { groupCommand } from "./group.ts";
import { immutabilityCommand } from "./immutability.ts";
import { inUseCommand } from "./in-use.ts";
import { integrityCommand } from "./integrity.ts";
import { jobCommand } from "./job.ts";
import { addLogin } from "./login.ts";
import { addLoginPassword } from "./login-password.ts";
import { addLogout } from "./logout.ts";
import { projectCommand } from "./project.ts";
import { providerCommand } from "./provider.ts";
import { quotaCommand } from "./quota.ts";
import { reclaimCommand } from "./reclaim.ts";
import { retentionCommand } from "./retention.ts";
import { robotCommand } from "./robot.ts";
import { roleCommand } from "./role.ts";
import { addRollback } from "./rollback.ts";
import { addSearch } from "./search.ts";
import { addSpace } from "./space.ts";
import { addStars } from "./stars.ts";
import { statisticsCommand } from "./statistics.ts";
import { storageCommand } from "./storage.ts";
import { systemCommand } from "./system.ts";
import { tokenCommand } from "./token.ts";
import { trashCommand } from "./trash.ts";
import { trustCommand } from "./trust.ts";
import { addUsage } from "./usage.ts";
import { userCommand } from "./user.ts";

/** Groups with verbs of their own that need no server: those that ask one come beside them. */
export interface LocalGroups {
  readonly audit: Command;
  readonly backup: Command;
}

/** Hangs in every verb that asks a running server. */
export function addRemoteCommands(
  program: Command,
  { audit, backup }: LocalGroups,
  context: RemoteContext,
): void {
  const groups = [
    userCommand,
    groupCommand,
    projectCommand,
    roleCommand,
    robotCommand,
    tokenCommand,
    trustCommand,
    accessCommand,
    providerCommand,
    immutabilityCommand,
    retentionCommand,
    inUseCommand,
    quotaCommand,
    trashCommand,
    integrityCommand,
    jobCommand,
    statisticsCommand,
    storageCommand,
    reclaimCommand,
    systemCommand,
  ];
  for (const make of groups) program.addCommand(make(context));
  addContentVerbs(program, context);
  addRollback(program, context);
  addSearch(program, context);
  addSpace(program, context);
  addUsage(program, context);
  addStars(program, context);
  addAuditVerbs(audit, context);
  program.addCommand(audit);
  addBackupVerbs(backup, context);
  program.addCommand(backup);
  addCopy(program, context);
  addApi(program, context);
  addLoginPassword(program, context);
  addLogin(program, context);
  addLogout(program, context);
}
