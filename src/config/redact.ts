import { maskSecrets, Secret } from "../kernel/secret.ts";
import { configKeys } from "./keys.ts";
import type { Config } from "./schema.ts";

type Shown = { [word: string]: unknown };

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, word) => (at as Shown)[word], config);
}

/** A database URL without its password and parameters; any other secret wholly masked. */
function masked(secret: Secret): string {
  const value = secret.reveal();
  if (!/^postgres(?:ql)?:\/\//.test(value)) return String(secret);
  const bare = value.replace(/[?#].*$/s, "");
  const shown = maskSecrets(bare);
  // A URL with an odd password may escape the pattern; then nothing of it is shown.
  return shown === bare && bare.includes("@") && new URL(bare).password !== ""
    ? String(secret)
    : shown;
}

/**
 * The configuration as a person would write it (snake_case, `30s`, `1GiB`), without secrets:
 * for `config show` and for the log.
 */
export function redact(config: Config): Record<string, unknown> {
  const shown: Shown = {};
  for (const key of configKeys) {
    const words = key.name.split(".");
    const last = words.pop() ?? "";
    let at = shown;
    for (const word of words) {
      at[word] ??= {};
      at = at[word] as Shown;
    }
    const value = valueAt(config, key.path);
    at[last] = value instanceof Secret ? masked(value) : key.meta.show(value);
  }
  return shown;
}

/** A value on one line, as it stands in a file. */
function lineOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Every key with its value as text, without secrets. */
export function redactedKeys(config: Config): { readonly key: string; readonly value: string }[] {
  return configKeys.map(({ name, path, meta }) => {
    const value = valueAt(config, path);
    const shown = value instanceof Secret ? masked(value) : meta.show(value);
    return { key: name, value: shown === undefined ? "" : lineOf(shown) };
  });
}
