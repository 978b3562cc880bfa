import { afterEach, beforeEach, expect, test } from "bun:test";
import { DAY, HOUR } from "../../../kernel/clock.ts";
import type { JobContext } from "../../../platform/jobs/port.ts";
import { codeOf, here, openWorld, operator, PASSWORD, type World } from "../suite.ts";
import { purgeIdentityJob } from "./job.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

async function purge(): Promise<string[]> {
  const lines: string[] = [];
  const context: JobContext = {
    jobId: "job",
    attempt: 1,
    signal: new AbortController().signal,
    log: (_, message) => lines.push(message),
    progress: () => {},
    now: () => world.clock.now(),
  };
  await purgeIdentityJob(world.db).run({}, context);
  return lines;
}

test("tokens go a month after they ended, counters when they are forgotten, and live ones stay", async () => {
  await world.person("ada");
  const ada = await world.identity.basic("ada", PASSWORD, here);
  const { tokens } = world.identity;
  const short = await tokens.createPersonal(ada, "r", { name: "short", lifetime: HOUR });
  const long = await tokens.createPersonal(ada, "r", { name: "long", lifetime: 300 * DAY });
  const revoked = await tokens.createPersonal(ada, "r", { name: "gone", lifetime: 300 * DAY });
  await tokens.revoke(operator, revoked.token.id);
  await codeOf(world.identity.basic("nobody", "wrong", here));
  expect(await purge()).toEqual([]);

  world.clock.advance(2 * HOUR);
  // The three counters of one failure.
  expect(await purge()).toEqual(["removed 3 ended tokens, counters and idempotency keys"]);
  world.clock.advance(30 * DAY);
  expect(await purge()).toEqual(["removed 2 ended tokens, counters and idempotency keys"]);
  const left = await tokens.list({ principalId: ada.principal.id, ended: true });
  expect(left.items.map((each) => each.id)).toEqual([long.token.id]);
  expect(await codeOf(tokens.get(short.token.id))).toBe("identity.unknown");
});

test("a robot's last secret stays, however long ago it ended: the next one has its limits (A38)", async () => {
  const { robots } = world.identity;
  const limits = [{ actions: ["repository:pull"], repositories: ["team/**"] }];
  const made = { name: "ci", project: null, limits, lifetime: HOUR };
  const { robot } = await robots.create(operator, made);
  world.clock.advance(HOUR / 2);
  await robots.rotate(operator, robot.id, { overlap: 0, lifetime: HOUR });
  world.clock.advance(60 * DAY);
  expect(await purge()).toEqual(["removed 1 ended tokens, counters and idempotency keys"]);
  expect((await robots.rotate(operator, robot.id)).token.limits).toEqual(limits);
});
