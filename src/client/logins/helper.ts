import { spawn } from "node:child_process";
import type { Environment } from "../../config/env-source.ts";
import { Secret } from "../../kernel/secret.ts";
import { LoginsFault } from "./fault.ts";

/** What a credential helper keeps for a registry. */
export interface HelperEntry {
  readonly name: string;
  readonly secret: Secret;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MOST_ANSWER = 1 << 20;
/** How every helper says that it knows nothing of a registry. */
const UNKNOWN = /credentials not found/i;

/** What a helper runs in. */
export interface Setting {
  readonly env: Environment;
  /** Milliseconds until it is given up; undefined: it may ask a person for something. */
  readonly deadline?: number | undefined;
}

interface Answer {
  readonly code: number;
  readonly out: string;
}

/** Runs `docker-credential-<helper>`; what it is told goes to its standard input, never to its arguments. */
function run(
  helper: string,
  verb: string,
  input: string,
  { env, deadline }: Setting,
): Promise<Answer> {
  const program = `docker-credential-${helper}`;
  if (!NAME.test(helper)) throw new LoginsFault("helper", program, "its name is none");
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new LoginsFault("helper", program, why));
    const child = spawn(program, [verb], {
      env: { ...env },
      stdio: ["pipe", "pipe", "ignore"],
      timeout: deadline,
      killSignal: "SIGKILL",
    });
    let out = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (piece: string) => {
      out += piece;
      if (out.length <= MOST_ANSWER) return;
      child.stdout.destroy();
      child.kill("SIGKILL");
      fail("it says too much");
    });
    child.on("error", (error) => fail(error.message));
    child.on("close", (code) => resolve({ code: code ?? -1, out }));
    // One that ends without reading what it is told has an exit code to say why.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

/** What is kept for `place`; undefined for nothing. Throws `LoginsFault`. */
export async function askHelper(
  helper: string,
  place: string,
  setting: Setting,
): Promise<HelperEntry | undefined> {
  const { code, out } = await run(helper, "get", place, setting);
  const program = `docker-credential-${helper}`;
  if (code !== 0) {
    if (UNKNOWN.test(out)) return undefined;
    // What a helper prints when it fails is its reason and no secret.
    throw new LoginsFault("helper", program, out.trim() === "" ? `exit code ${code}` : out.trim());
  }
  let said: unknown;
  try {
    said = JSON.parse(out);
  } catch {
    throw new LoginsFault("helper", program, "it answers no JSON");
  }
  const { Username: name, Secret: secret } = (said ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof secret !== "string") {
    throw new LoginsFault("helper", program, "it answers no login");
  }
  return secret === "" ? undefined : { name, secret: new Secret(secret) };
}

/** Throws `LoginsFault` unless it is kept. */
export async function tellHelper(
  helper: string,
  place: string,
  { name, secret }: HelperEntry,
  env: Environment,
): Promise<void> {
  const entry = { ServerURL: place, Username: name, Secret: secret.reveal() };
  const { code, out } = await run(helper, "store", JSON.stringify(entry), { env });
  if (code === 0) return;
  throw new LoginsFault("helper", `docker-credential-${helper}`, out.trim() || `exit code ${code}`);
}

/** Throws `LoginsFault` unless nothing is kept any more. */
export async function clearHelper(helper: string, place: string, env: Environment): Promise<void> {
  const { code, out } = await run(helper, "erase", place, { env });
  if (code === 0 || UNKNOWN.test(out)) return;
  throw new LoginsFault("helper", `docker-credential-${helper}`, out.trim() || `exit code ${code}`);
}
