import { Failure } from "../../kernel/errors/catalogue.ts";

/** A part of the service whose failing makes it unready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Throws when the part cannot do its work. */
  check(): Promise<void>;
}

/** Asks every part at once; a part that is not ready says why, by the code of its error. */
export async function readiness(checks: readonly ReadinessCheck[]) {
  const parts = await Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        await check();
        return { name, ready: true };
      } catch (error) {
        const reason = error instanceof Failure ? error.code : "service.internal";
        return { name, ready: false, reason };
      }
    }),
  );
  return { ready: parts.every((part) => part.ready), parts };
}
