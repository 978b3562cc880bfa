import { createHmac, randomBytes } from "node:crypto";
import type { HtpasswdProvider } from "../../../../config/providers.ts";
import { BoundedCache } from "../../../../kernel/bounded-cache.ts";
import { type Clock, MINUTE } from "../../../../kernel/clock.ts";
import { failure } from "../../../../kernel/errors/catalogue.ts";
import {
  bcryptCost,
  hashBcrypt,
  MOST_BCRYPT_COST,
  verifyBcrypt,
} from "../../../../platform/passwords/bcrypt.ts";
import type { Logger } from "../../../../platform/telemetry/telemetry.ts";
import type { PasswordProvider } from "../../providers-port.ts";
import type { Sighting } from "../provision/rules.ts";
import type { Provisioning } from "../provision/service.ts";
import { type ProviderReport, Report, reasonOf, type TestSubject } from "../report.ts";
import { type PasswordFile, readPasswordFile } from "./rules.ts";
import { WatchedFile } from "./watched-file.ts";

/** How long a password that was verified need not be verified again, while its line stays. */
const REMEMBERED = 5 * MINUTE;
const MOST_REMEMBERED = 10_000;
const MOST_PASSWORD = 1_024;

export interface HtpasswdParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly provisioning: Pick<Provisioning, "login" | "identityOf" | "preview">;
  /** What checks a password; counted by tests. */
  readonly verify?: typeof verifyBcrypt;
}

export interface HtpasswdLogin extends Required<PasswordProvider> {
  test(subject: TestSubject): Promise<ProviderReport>;
}

/** People and passwords of an htpasswd file. Identities are `htpasswd:<provider>` and the name. */
export function openHtpasswd(config: HtpasswdProvider, parts: HtpasswdParts): HtpasswdLogin {
  const { clock, logger, provisioning, verify = verifyBcrypt } = parts;
  const issuer = `htpasswd:${config.name}`;
  const admission = { autoProvision: config.autoProvision, numbered: false };
  const key = randomBytes(32);
  const remembered = new BoundedCache<number>(MOST_REMEMBERED);
  const decoys = new Map<number, Promise<string>>();

  const file = new WatchedFile(config.file, (text) => {
    const read = readPasswordFile(text, bcryptCost, MOST_BCRYPT_COST);
    for (const { line, reason } of read.problems) {
      logger.warn(
        { provider: config.name, file: config.file, line, reason },
        "a line of the htpasswd file is not used: entries need bcrypt (`htpasswd -B`)",
      );
    }
    return read;
  });

  async function people(): Promise<PasswordFile> {
    try {
      return await file.value();
    } catch (error) {
      throw failure("provider.unavailable", { provider: config.name }, error);
    }
  }

  /** The verifier of nobody's password, as dear as the usual one. */
  function decoy(cost: number): Promise<string> {
    let made = decoys.get(cost);
    if (made === undefined) {
      made = hashBcrypt(randomBytes(16).toString("hex"), cost);
      made.catch(() => decoys.delete(cost));
      decoys.set(cost, made);
    }
    return made;
  }

  /** Bound to the verifier, so that a new line in the file ends what is remembered. */
  function fingerprint(password: string, verifier: string): string {
    return createHmac("sha256", key).update(`${verifier}${password}`).digest("base64");
  }

  async function isRight(password: string, verifier: string | undefined, usualCost: number) {
    if (verifier === undefined) {
      await verify(password, await decoy(usualCost));
      return false;
    }
    const print = fingerprint(password, verifier);
    const now = clock.now();
    if ((remembered.get(print) ?? 0) > now) return true;
    if (!(await verify(password, verifier))) return false;
    remembered.set(print, now + REMEMBERED, 1);
    return true;
  }

  const sightingOf = (name: string): Sighting => ({
    provider: config.name,
    issuer,
    subject: name,
    name,
    displayName: undefined,
    email: undefined,
    groups: undefined,
    groupForm: "exact",
  });

  return {
    name: config.name,
    async check(name, password, presence) {
      if (password === "" || password.length > MOST_PASSWORD) return undefined;
      const { verifiers, usualCost } = await people();
      if (!(await isRight(password, verifiers.get(name), usualCost))) return undefined;
      const outcome = await provisioning.login(sightingOf(name), admission, presence);
      if (!outcome.ok) return undefined;
      return { principalId: outcome.principalId, provider: config.name, claims: {} };
    },
    async recheck(principalId) {
      const identity = await provisioning.identityOf(principalId, issuer);
      return identity !== undefined && (await people()).verifiers.has(identity.subject);
    },
    async test({ name, password }) {
      const report = new Report();
      try {
        const { verifiers, problems } = await file.value();
        const lines = problems.map(({ line, reason }) => `${line}: ${reason}`);
        report.add("file", problems.length === 0, { entries: verifiers.size, problems: lines });
        if (name === undefined) return report.of(config.name, "htpasswd");
        const verifier = verifiers.get(name);
        report.add("search", verifier !== undefined, { name });
        if (verifier === undefined) return report.of(config.name, "htpasswd");
        if (password !== undefined) report.add("password", await verify(password, verifier));
        const seen = await provisioning.preview(sightingOf(name), admission);
        const facts = { account: seen.account ?? "", exists: seen.exists };
        report.add("account", seen.refusal === null, facts, seen.refusal ?? undefined);
      } catch (error) {
        report.add("file", false, { file: config.file }, reasonOf(error));
      }
      return report.of(config.name, "htpasswd");
    },
  };
}
