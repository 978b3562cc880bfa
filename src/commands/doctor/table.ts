import { backups } from "./checks/backups.ts";
import { clientDisk } from "./checks/client-disk.ts";
import { clock } from "./checks/clock.ts";
import { credentials } from "./checks/credentials.ts";
import { dns } from "./checks/dns.ts";
import { integrity } from "./checks/integrity.ts";
import { names } from "./checks/names.ts";
import { ping } from "./checks/ping.ts";
import { realm } from "./checks/realm.ts";
import { reclaim } from "./checks/reclaim.ts";
import { rights } from "./checks/rights.ts";
import { serverData } from "./checks/server-data.ts";
import { tcp } from "./checks/tcp.ts";
import { tls } from "./checks/tls.ts";
import { uploads } from "./checks/uploads.ts";
import type { Check } from "./finding.ts";
import type { Patient } from "./patient.ts";

/**
 * All that is looked at, in this order: from the name over the wire to what one may do, and for
 * whoever runs the server, how that does.
 */
export const checks: readonly Check<Patient>[] = [
  names,
  dns,
  tcp,
  tls,
  clock,
  ping,
  realm,
  credentials,
  rights,
  uploads,
  clientDisk,
  serverData,
  integrity,
  backups,
  reclaim,
];
