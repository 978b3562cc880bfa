import { envSpellings } from "./keys.ts";
import type { Problem } from "./problems.ts";
import { type Given, unknownKey } from "./yaml-source.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "ENTREPOT_";

/** Variables with our prefix that are not configuration: the file's own name, and test settings. */
const OTHERS = /^ENTREPOT_(?:(?:CONFIG|SERVER|TOKEN|USER|PASSWORD)$|TEST_)/;

/**
 * A container orchestrator gives every container variables named after the services beside it;
 * with a service called `entrepot` or `entrepot-db` these begin like ours. They are not ours.
 */
const SERVICE_LINKS =
  /^ENTREPOT_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d{1,5}_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** Reads what the environment gives; names every variable of ours that means nothing. */
export function readEnvironment(env: Environment, problems: Problem[]): Given[] {
  const given: Given[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || !variable.startsWith(PREFIX)) continue;
    const spelling = envSpellings.get(variable);
    if (spelling !== undefined) {
      const name = spelling.fromFile ? `${spelling.key.name}_file` : spelling.key.name;
      given.push({ name, value, origin: variable });
    } else if (!OTHERS.test(variable) && !SERVICE_LINKS.test(variable)) {
      problems.push(unknownKey(variable, "environment", envSpellings.keys()));
    }
  }
  return given;
}
