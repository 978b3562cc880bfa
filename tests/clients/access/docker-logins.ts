import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Checks, same } from "../../../scripts/lib/checks.ts";
import { run } from "../../../scripts/lib/run.ts";
import { dropFolder, tempFolder } from "../../../scripts/lib/temp.ts";
import { docker } from "../docker.ts";
import { startRegistry } from "../harness.ts";
import { SMALL } from "../images.ts";
import type { Launcher } from "../launchers.ts";
import { refusedAndWritten } from "./refusal.ts";
import { Rest } from "./rest.ts";
import { makeWorld, PRIVATE, type World } from "./world.ts";

/** What docker keeps of a login. */
interface Kept {
  readonly auth?: string;
  readonly identitytoken?: string;
}

function kept(folder: string, host: string): Kept {
  const file = readFileSync(join(folder, "config", "config.json"), "utf8");
  const { auths } = JSON.parse(file) as { auths?: Record<string, Kept> };
  return auths?.[host] ?? {};
}

const REPOSITORY = `${PRIVATE}/docker-logins`;

/** The identity token that docker keeps in the place of a password, and passwords for an hour. */
export async function dockerLogins(checks: Checks, launcher: Launcher): Promise<void> {
  const registry = await startRegistry(launcher);
  const folder = tempFolder("docker-logins");
  try {
    await tellLogins(checks, launcher, await makeWorld(registry), folder);
  } catch (cause) {
    checks.fail("docker logins: set up", cause);
  } finally {
    await dropFolder(folder);
    await registry.close();
  }
}

async function tellLogins(
  checks: Checks,
  { name, program }: Launcher,
  world: World,
  folder: string,
): Promise<void> {
  const { registry } = world;
  const client = await docker({ registry, folder, anonymous: true });
  try {
    await checks.check("docker: an identity token ends with the password", async () => {
      const keeper = await world.another("keeper");
      await client.login(keeper);
      const { auth, identitytoken } = kept(folder, registry.host);
      if (!identitytoken?.startsWith("ent_ref_")) throw new Error("docker keeps no identity token");
      same("name and password kept", Buffer.from(auth ?? "", "base64").toString(), "keeper:");
      const image = await client.makeImage(`identity-${Date.now()}`, SMALL);
      const pushed = await client.push(image, `${REPOSITORY}:1`);
      same("digest pulled", (await client.pull(`${REPOSITORY}:1`)).digest, pushed);
      const words = { oldPassword: keeper.password, newPassword: `${keeper.password}-changed` };
      await new Rest(registry, keeper).put("/me/password", words);
      return refusedAndWritten(
        world,
        () => client.pull(`${REPOSITORY}:1`),
        /unauthorized: .*|the user name or password is not right/,
        { action: "login", result: "denied" },
      ).finally(() => client.logout());
    });
    await checks.check("docker: entrepot login-password | docker login", async () => {
      if (program === undefined) throw new Error(`${name} has no such command`);
      const { username, password } = world.writer;
      const env = {
        ENTREPOT_SERVER: registry.url,
        ENTREPOT_USER: username,
        ENTREPOT_PASSWORD: password,
      };
      const { stdout } = await run([...program, "login-password"], { env });
      if (!/^ent_log_[0-9A-Za-z]{49}\n$/.test(stdout)) throw new Error("it prints something else");
      await client.login({ username, password: stdout.trimEnd() });
      const { digest } = await client.pull(`${REPOSITORY}:1`);
      await client.logout();
      return digest.slice(0, 19);
    });
  } finally {
    await client.close();
  }
}
