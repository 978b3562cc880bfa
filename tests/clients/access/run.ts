import type { Checks } from "../../../scripts/lib/checks.ts";
import { dropFolder, tempFolder } from "../../../scripts/lib/temp.ts";
import type { Client, ClientOptions } from "../client.ts";
import { startRegistry } from "../harness.ts";
import type { Launcher } from "../launchers.ts";
import { AccessStories } from "./stories.ts";
import { makeWorld, type World } from "./world.ts";

/** A client's name, and how it is made. */
export type ClientMaker = readonly [string, (options: ClientOptions) => Promise<Client>];

/** What a client leaves behind: a story for the end, and its own end. */
interface Left {
  finish(): Promise<void>;
  close(): Promise<void>;
}

async function tellOne(checks: Checks, world: World, [name, make]: ClientMaker): Promise<Left> {
  const folder = tempFolder(`access-${name}`);
  let client: Client | undefined;
  const close = async () => {
    await client?.close();
    await dropFolder(folder);
  };
  try {
    client = await make({ registry: world.registry, folder, anonymous: true });
    const finish = await new AccessStories(client, world).tell(checks);
    return { finish, close };
  } catch (cause) {
    checks.fail(`${name}: set up`, cause);
    return { finish: async () => undefined, close };
  }
}

/** Each client among those who may and those who may not, against one registry with accounts. */
export async function verifyAccess(
  checks: Checks,
  launcher: Launcher,
  clients: readonly ClientMaker[],
): Promise<void> {
  const registry = await startRegistry(launcher);
  const left: Left[] = [];
  try {
    const world = await makeWorld(registry);
    for (const each of clients) left.push(await tellOne(checks, world, each));
    for (const { finish } of left) await finish();
  } finally {
    for (const { close } of left) await close();
    await registry.close();
  }
}
