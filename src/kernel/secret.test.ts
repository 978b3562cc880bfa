import { describe, expect, test } from "bun:test";
import { format, inspect } from "node:util";
import fc from "fast-check";
import { maskSecrets, Secret } from "./secret.ts";

const VALUE = "correct-horse-battery";

describe("Secret", () => {
  const secret = new Secret(VALUE);

  test("gives its value only when asked", () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  test("every way to text is masked", () => {
    const texts = [
      `${secret}`,
      String(secret),
      `a${secret}`,
      JSON.stringify({ deep: { secret } }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true }),
      Bun.inspect({ secret }),
      format("%s %o %j", secret, secret, secret),
    ];
    for (const text of texts) {
      expect(text).not.toContain(VALUE);
      expect(text).toContain("[redacted]");
    }
  });

  test("has no enumerable value to copy", () => {
    expect(Object.values({ ...secret })).toEqual([]);
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});

describe("maskSecrets", () => {
  test.each([
    ["postgres://app:hunter22@db:5432/x refused", "postgres://app:[redacted]@db:5432/x refused"],
    ["redis://:pw@cache", "redis://:[redacted]@cache"],
    ["sent Authorization: Basic YWRtaW46YWRtaW4=", "sent Authorization: Basic [redacted]"],
    ["bearer eyJhbGciOi.abc.def", "bearer [redacted]"],
    ["http://host:80/path@tag", "http://host:80/path@tag"],
    ["nothing to hide", "nothing to hide"],
  ])("%s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  test("no password of a URL survives", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9!$&'()*+,;=._~%-]{8,40}$/), (password) => {
        expect(maskSecrets(`x postgres://u:${password}@h/d y`)).toBe(
          "x postgres://u:[redacted]@h/d y",
        );
      }),
    );
  });
});
