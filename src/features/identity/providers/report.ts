/** What was tried, in order, when an administrator tests a login provider. */
export type ReportStepName =
  /** Reaching a server. */
  | "connect"
  | "tls"
  /** Logging in to the directory as the service account. */
  | "bind"
  /** Reading the file. */
  | "file"
  /** OpenID Connect discovery. */
  | "discovery"
  | "keys"
  /** Looking for the person. */
  | "search"
  | "password"
  | "groups"
  /** What a login would lead to here. */
  | "account";

/** Facts for people; no secret is ever among them. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface ReportStep {
  readonly step: ReportStepName;
  readonly ok: boolean;
  /** Why it is not ok: a code of ours, or the words of the server. */
  readonly reason?: string;
  readonly facts: Facts;
}

export interface ProviderReport {
  readonly provider: string;
  readonly type: "htpasswd" | "ldap" | "oidc";
  readonly steps: readonly ReportStep[];
  /** Whether all of it went well. */
  readonly ok: boolean;
}

/** Whom to look for; with the password, whether it is the right one is told too. */
export interface TestSubject {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

/** Gathers the steps of a test. */
export class Report {
  readonly #steps: ReportStep[] = [];

  add(step: ReportStepName, ok: boolean, facts: Facts = {}, reason?: string): void {
    this.#steps.push({ step, ok, facts, ...(reason === undefined ? {} : { reason }) });
  }

  of(provider: string, type: ProviderReport["type"]): ProviderReport {
    return { provider, type, steps: this.#steps, ok: this.#steps.every(({ ok }) => ok) };
  }
}

/** The reason of an error for an administrator: the innermost cause tells most. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
