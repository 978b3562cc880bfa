import { buildConsole } from "../../scripts/console.ts";
import { freePort } from "../../scripts/lib/run.ts";
import { type RegistryOptions, startRegistry, type TestRegistry } from "../support/registry.ts";

/**
 * A registry with its console. Under `localhost`, because no browser takes an address for the host
 * of a passkey; on a port that is known before, because passkeys and providers are told it.
 */
export async function startConsole(
  options: (url: string) => RegistryOptions = () => ({}),
): Promise<TestRegistry & { readonly page: string }> {
  await buildConsole();
  const port = await freePort();
  const page = `http://localhost:${port}`;
  const given = options(page);
  const registry = await startRegistry({
    ...given,
    settings: {
      "server.listen": `127.0.0.1:${port}`,
      "server.public_url": page,
      ...given.settings,
    },
  });
  return Object.assign(registry, { page });
}
