import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { type Entry, type Owner, showFrom } from "./entries.ts";
import { account } from "./tenants.ts";

setDefaultTimeout(60_000);

const ENTRIES: readonly Entry[] = [
  ...(["/v2/ Basic", "GET /token", "password grant", "/api Basic", "sign-in"] as const),
];
const SECRETS: readonly Entry[] = ["/api Bearer", "refresh grant"];
/** "After some failures": none of them more than these. */
const MOST = 40;

const owner = (at: number): Owner => ({ name: `person-${at}`, cookie: "" });
const accounts = [...ENTRIES, ...SECRETS].map((_, at) => account(owner(at).name));

let plain: TestRegistry;
let proxied: TestRegistry;

beforeAll(async () => {
  plain = await startRegistry({ accounts });
  proxied = await startRegistry({
    accounts,
    settings: { "server.trusted_proxies": "127.0.0.1/32" },
  });
});

afterAll(async () => {
  await plain.close();
  await proxied.close();
});

/** Shows what is wrong until it is told to wait; gives how often that took, and the last answer. */
async function exhaust(registry: TestRegistry, entry: Entry, who: Owner, source: () => string) {
  for (let count = 1; count <= MOST; count++) {
    const outcome = await showFrom(source(), entry, registry.url, "not-the-password", who);
    if (outcome.status === 429) return { count, outcome };
    expect(outcome.status).toBe(401);
  }
  throw new Error(`${entry}: nobody is ever told to wait`);
}

describe("whoever guesses is told to wait, at every entry (A41)", () => {
  for (const [at, entry] of [...ENTRIES, ...SECRETS].entries()) {
    test(`${entry}: with Retry-After, and others are let in`, async () => {
      const here = `198.51.100.${at}`;
      const { outcome } = await exhaust(proxied, entry, owner(at), () => here);
      expect(outcome.told).toMatch(/"retry-after","\d+"/);
      if (SECRETS.includes(entry)) return;
      const { name, password } = account(owner(at).name);
      // The right password has to wait as well from there, and comes in from elsewhere.
      const same = await showFrom(here, entry, proxied.url, password, { name, cookie: "" });
      expect(same.status).toBe(429);
      const other = await showFrom("203.0.113.9", entry, proxied.url, password, owner(at));
      expect(other.passed).toBe(true);
    });
  }
});

test("a forwarding header of a stranger is nobody's new address (A41, A43)", async () => {
  let sources = 0;
  const { outcome } = await exhaust(plain, "/v2/ Basic", owner(0), () => {
    sources += 1;
    return `203.0.113.${sources}`;
  });
  expect(outcome.status).toBe(429);
});
