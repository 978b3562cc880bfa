import { clientDisk } from "./checks/client-disk.ts";
import { clock } from "./checks/clock.ts";
import { credentials } from "./checks/credentials.ts";
import { dns } from "./checks/dns.ts";
import { names } from "./checks/names.ts";
import { ping } from "./checks/ping.ts";
import { realm } from "./checks/realm.ts";
import { rights } from "./checks/rights.ts";
import { serverData } from "./checks/server-data.ts";
import { tcp } from "./checks/tcp.ts";
import { tls } from "./checks/tls.ts";
import { uploads } from "./checks/uploads.ts";
import type { Check } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** All that is looked at, in this order: from the name over the wire to what one may do. */
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
];
