import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseChallenges } from "./challenge.ts";

describe("WWW-Authenticate", () => {
  test("the Docker token challenge", () => {
    const header =
      'Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull,push"';
    const [one] = parseChallenges(header);
    expect(one?.scheme).toBe("bearer");
    expect(Object.fromEntries(one?.parameters ?? [])).toEqual({
      realm: "https://auth.example/token",
      service: "reg",
      scope: "repository:a/b:pull,push",
    });
  });

  test("several schemes in one header", () => {
    const all = parseChallenges('Bearer realm="x", Basic realm="say \\"hi\\"", Negotiate');
    expect(all.map(({ scheme }) => scheme)).toEqual(["bearer", "basic", "negotiate"]);
    expect(all[1]?.parameters.get("realm")).toBe('say "hi"');
  });

  test("what was written is what is read", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const value = fc.string({ maxLength: 20 }).filter((text) => !/[\r\n]/.test(text));
    const challenge = fc.record({ scheme: word, parameters: fc.dictionary(word, value) });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        const header = challenges
          .map(({ scheme, parameters }) => {
            const list = Object.entries(parameters).map(
              ([name, text]) => `${name}="${text.replace(/["\\]/g, "\\$&")}"`,
            );
            return `${scheme} ${list.join(", ")}`.trim();
          })
          .join(", ");
        const read = parseChallenges(header).map(({ scheme, parameters }) => ({
          scheme,
          parameters: Object.fromEntries(parameters),
        }));
        expect(read).toEqual(
          challenges.map((one) => ({ ...one, parameters: { ...one.parameters } })),
        );
      }),
    );
  });

  test("noise ends the list and throws nothing", () => {
    fc.assert(
      fc.property(fc.string(), (noise) => {
        expect(Array.isArray(parseChallenges(noise))).toBe(true);
      }),
    );
  });
});
