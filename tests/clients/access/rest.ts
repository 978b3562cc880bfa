import { authorization, type Registry } from "../harness.ts";
import type { Credentials } from "../launchers.ts";

type Json = Readonly<Record<string, unknown>>;

/** The registry's REST API as one account, for what has to stand before a client comes. */
export class Rest {
  readonly #registry: Registry;
  readonly #headers: Record<string, string>;

  constructor(registry: Registry, who: Credentials) {
    this.#registry = registry;
    this.#headers = authorization(who);
  }

  get(path: string): Promise<Json> {
    return this.#call("GET", path);
  }

  post(path: string, body: Json): Promise<Json> {
    return this.#call("POST", path, body);
  }

  put(path: string, body: Json): Promise<Json> {
    return this.#call("PUT", path, body);
  }

  /** Throws with what the registry said when it refuses. */
  async #call(method: string, path: string, body?: Json): Promise<Json> {
    const answer = await fetch(`${this.#registry.url}/api/v1${path}`, {
      method,
      headers: { ...this.#headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Json);
  }
}

/** A member of an answer that has to be a string. */
export function textOf(answer: Json, member: string): string {
  const value = answer[member];
  if (typeof value !== "string") throw new Error(`${member} is ${JSON.stringify(value)}`);
  return value;
}
