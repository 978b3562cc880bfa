import { expect, test } from "bun:test";
import fc from "fast-check";
import { deviceOf } from "../../console/src/profile/device.ts";
import { RIGHTS, RIGHTS_NAMES, rightsNameOf } from "../../console/src/profile/rights.ts";

const KIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${KIT} Chrome/141.0.0.0 Safari/537.36`, "Chrome", "Linux"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    "Edge",
    "Windows",
  ],
  ["Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox", "Windows"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Safari",
    "macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1",
    "Chrome",
    "iOS",
  ],
  [
    `Mozilla/5.0 (Linux; Android 15; PJZ110) ${KIT} Version/4.0 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.60`,
    "WeChat",
    "Android",
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KIT} Chrome/141.0.0.0 Safari/537.36 OPR/120.0`,
    "Opera",
    "ChromeOS",
  ],
])("%s", (userAgent, browser, system) => {
  expect(deviceOf(userAgent)).toEqual({ browser, system });
});

test("whatever else somebody sends has no name, and takes no time", () => {
  for (const other of [null, "", "curl/8.10.1", "Mozilla/5.0", "Linux Linux Linux"]) {
    expect(deviceOf(other)).toBeUndefined();
  }
  const piece = fc.constantFrom("Version/", "Safari/", "Chrome", "Linux ", "(", " ", "x");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      deviceOf(pieces.join(""));
    }),
  );
});

test("a set of rights has its name whatever the order, and no other set has", () => {
  const known = fc.constantFrom(...RIGHTS_NAMES);
  fc.assert(
    fc.property(known, fc.infiniteStream(fc.nat()), (name, order) => {
      const actions = [...RIGHTS[name]].sort(() => (order.next().value % 2 === 0 ? 1 : -1));
      expect(rightsNameOf({ actions, repositories: ["**"] })).toBe(name);
      const more = [...actions, "project:read"];
      expect(rightsNameOf({ actions: more, repositories: ["**"] })).toBeUndefined();
    }),
  );
  expect(rightsNameOf({ actions: [], repositories: ["**"] })).toBeUndefined();
});
