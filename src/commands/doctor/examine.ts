import type { Check, Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** What came of one check. */
export interface Examined {
  readonly check: Check<Patient>;
  /** Empty where there was nothing to look at. */
  readonly findings: readonly Finding[];
  /** The check whose trouble made this one meaningless; undefined when it was done. */
  readonly because: Check<Patient> | undefined;
}

/** Does one check after the other, and none that rests on a broken or a left-out one. */
export async function* examine(
  patient: Patient,
  checks: readonly Check<Patient>[],
): AsyncGenerator<Examined> {
  const ill = new Map<string, Check<Patient>>();
  for (const check of checks) {
    const cause = check.needs.map((id) => ill.get(id)).find((each) => each !== undefined);
    if (cause !== undefined) {
      ill.set(check.id, cause);
      yield { check, findings: [], because: cause };
      continue;
    }
    const findings = await check.run(patient);
    if (findings.some(({ level }) => level === "broken")) ill.set(check.id, check);
    yield { check, findings, because: undefined };
  }
}
