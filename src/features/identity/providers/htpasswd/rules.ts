/** What is wrong with a line, for the log: nobody named in such a line can log in. */
export interface LineProblem {
  readonly line: number;
  readonly reason: "no_colon" | "bad_name" | "not_bcrypt" | "too_costly" | "twice";
}

export interface PasswordFile {
  /** bcrypt verifiers by the name as the file spells it. */
  readonly verifiers: ReadonlyMap<string, string>;
  /** The cost that most of them have: what checking an unknown name has to cost too (A40). */
  readonly usualCost: number;
  readonly problems: readonly LineProblem[];
}

const MOST_NAME = 255;
const MOST_PROBLEMS = 100;
const FALLBACK_COST = 10;

/**
 * Reads the text of an htpasswd file. Only bcrypt is taken, up to `mostCost`: the other formats
 * (crypt, MD5, SHA-1, plain text) are broken or too fast. `costOf` gives a verifier's cost, or
 * undefined for what is no bcrypt.
 */
export function readPasswordFile(
  text: string,
  costOf: (verifier: string) => number | undefined,
  mostCost: number,
): PasswordFile {
  const verifiers = new Map<string, string>();
  const costs = new Map<number, number>();
  const problems: LineProblem[] = [];
  const wrong = (line: number, reason: LineProblem["reason"]) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ line, reason });
  };
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  for (const [index, written] of lines.entries()) {
    const line = written.trimEnd();
    const number = index + 1;
    if (line === "" || line.startsWith("#")) continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const verifier = line.slice(colon + 1);
    const cost = costOf(verifier);
    if (colon < 0) wrong(number, "no_colon");
    else if (name === "" || name.length > MOST_NAME || /\p{Cc}/u.test(name))
      wrong(number, "bad_name");
    else if (cost === undefined) wrong(number, "not_bcrypt");
    else if (cost > mostCost) wrong(number, "too_costly");
    // The first one counts, as it does for other readers of such files.
    else if (verifiers.has(name)) wrong(number, "twice");
    else {
      verifiers.set(name, verifier);
      costs.set(cost, (costs.get(cost) ?? 0) + 1);
    }
  }
  const [usual] = [...costs].sort(([, a], [, b]) => b - a);
  return { verifiers, usualCost: usual?.[0] ?? FALLBACK_COST, problems };
}
