import { type Checks, same } from "../../../scripts/lib/checks.ts";
import { dropFolder, tempFolder } from "../../../scripts/lib/temp.ts";
import { authorization, type Registry, startRegistry } from "../harness.ts";
import { MANIFEST, SMALL } from "../images.ts";
import type { Launcher } from "../launchers.ts";
import { refused } from "./refusal.ts";
import type { ClientMaker } from "./run.ts";
import { makeWorld, PRIVATE, type World } from "./world.ts";

const LIMIT = 200;
const WINDOW = 21_600;
/** Private: containerd shows no login where it is not asked for one. */
const REPOSITORY = `${PRIVATE}/limited`;

/** What a client shows of the refusal; ctr asks by HEAD, which costs nothing, and then by GET. */
const TOLD = new RegExp(`the limit of ${LIMIT} pulls in 6h is reached|429 Too Many Requests`);

/** A registry token of the writer's for the repository, as clients get theirs. */
async function bearer({ registry, writer }: World): Promise<Record<string, string>> {
  const query = new URLSearchParams({
    service: "Entrepot",
    scope: `repository:${REPOSITORY}:pull`,
  });
  const headers = authorization(writer);
  const answer = await fetch(`${registry.url}/token?${query}`, { headers });
  const { token } = (await answer.json()) as { token: string };
  return { authorization: `Bearer ${token}`, accept: MANIFEST };
}

async function ask(
  registry: Registry,
  method: string,
  headers: Record<string, string>,
): Promise<Response> {
  const url = `${registry.url}/v2/${REPOSITORY}/manifests/1`;
  const answer = await fetch(url, { method, headers });
  await answer.arrayBuffer();
  return answer;
}

/** What is left, as the answer says it; throws unless its limit is ours. */
function left(answer: Response): number {
  same("RateLimit-Limit", answer.headers.get("ratelimit-limit"), `${LIMIT};w=${WINDOW}`);
  const text = answer.headers.get("ratelimit-remaining") ?? "";
  const [, count] = /^(\d+);w=\d+$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`RateLimit-Remaining: ${text}`);
  return Number(count);
}

/** Pulls until nothing is left, with a look by HEAD before each; answers how many it took. */
async function pullAll(registry: Registry, headers: Record<string, string>): Promise<number> {
  let before = left(await ask(registry, "HEAD", headers));
  let pulls = 0;
  while (before > 0) {
    same("what a HEAD costs", left(await ask(registry, "HEAD", headers)), before);
    const answer = await ask(registry, "GET", headers);
    same("status of a pull", answer.status, 200);
    pulls += 1;
    same("what is left after a pull", left(answer), before - 1);
    before -= 1;
  }
  return pulls;
}

/**
 * 200 pulls in six hours and the 201st refused, so that each client shows it; whoever has another
 * account goes on. Not for podman, buildah and skopeo: they try a 429 again for five minutes.
 */
export async function verifyPullLimit(
  checks: Checks,
  launcher: Launcher,
  clients: readonly ClientMaker[],
): Promise<void> {
  const env = { ENTREPOT_LIMITS_PULLS_PER_PRINCIPAL: String(LIMIT) };
  const registry = await startRegistry(launcher, { env });
  try {
    const world = await makeWorld(registry);
    const opened = await Promise.all(
      clients.map(async ([name, make]) => {
        const own = tempFolder(`pull-limit-${name}`);
        return { own, client: await make({ registry, folder: own, anonymous: true }) };
      }),
    );
    try {
      await checks.check(`${LIMIT} pulls, counted down; the next is 429`, async () => {
        const [first] = opened;
        if (first === undefined) throw new Error("there is no client to push with");
        await first.client.login(world.writer);
        const image = await first.client.makeImage(`limited-${Date.now()}`, SMALL);
        await first.client.push(image, `${REPOSITORY}:1`);
        const pulls = await pullAll(registry, await bearer(world));
        const answer = await ask(registry, "GET", await bearer(world));
        same("status", answer.status, 429);
        const wait = Number(answer.headers.get("retry-after"));
        if (!(wait > WINDOW - 600 && wait <= WINDOW)) throw new Error(`Retry-After: ${wait}`);
        return `${pulls} pulls beside those of the push; Retry-After ${wait}`;
      });
      const other = await world.another("other");
      for (const { client } of opened) {
        await checks.check(`${client.name}: one pull too many`, async () => {
          await client.login(world.writer);
          const said = await refused(() => client.pull(`${REPOSITORY}:1`));
          const [told] = TOLD.exec(said) ?? [];
          if (told === undefined) throw new Error(`refused in other words:\n${said}`);
          await client.login(other);
          await client.pull(`${REPOSITORY}:1`);
          return told;
        });
      }
    } finally {
      for (const { client, own } of opened) {
        await client.close();
        await dropFolder(own);
      }
    }
  } finally {
    await registry.close();
  }
}
