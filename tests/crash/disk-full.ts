import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, until } from "../../scripts/lib/run.ts";
import { dropFolder, tempFolder } from "../../scripts/lib/temp.ts";
import { startRegistry } from "../clients/harness.ts";
import type { Launcher } from "../clients/launchers.ts";
import { SeededNumbers } from "../clients/random.ts";
import { abilitiesOf, demandNoComplaints, PATIENT, traffic } from "./crash.ts";
import { Ledger } from "./ledger.ts";
import { verify } from "./verify.ts";
import { Wire } from "./wire.ts";
import { World } from "./world.ts";

const MIB = 2 ** 20;
/** Refusals that have to be seen before the disk counts as full. */
const ENOUGH = 20;

/**
 * Fills a small file system to its last byte, with the registry's own reserve switched off: what
 * was acknowledged stays readable, refusals say 507 (or 503), and once there is room again pushes
 * succeed, without a restart and with one.
 */
export async function diskFull(launcher: Launcher, seed: number): Promise<string> {
  const numbers = new SeededNumbers(seed);
  const folder = tempFolder("full");
  const data = join(folder, "data");
  mkdirSync(data);
  try {
    await run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", data]);
    const ballast = join(data, "ballast");
    writeFileSync(ballast, Buffer.alloc(24 * MIB));
    const registry = await startRegistry(launcher, {
      folder,
      env: {
        ...PATIENT,
        ENTREPOT_STORAGE_MIN_FREE_BYTES: "0",
        ENTREPOT_STORAGE_MIN_FREE_PERCENT: "0",
      },
    });
    try {
      const world = new World(new Wire(registry), new Ledger(), abilitiesOf(launcher), `${seed}`);
      const full = () =>
        (world.counts.get("fault 507") ?? 0) + (world.counts.get("fault 503") ?? 0);
      world.faulty = true;
      await traffic(world, numbers, async () => {
        await until("the disk is full", () => (full() >= ENOUGH ? true : undefined), {
          timeout: 60_000,
        });
      });
      const refused = full();
      if (!registry.running()) throw new Error("the process ended when its disk was full");
      await verify(world, { numbers });
      demandNoComplaints(world, registry, "while the disk was full");
      rmSync(ballast);
      world.faulty = false;
      const before = world.counts.get("push by PUT") ?? 0;
      await traffic(world, numbers, async () => {
        await until("pushes succeed again", () =>
          (world.counts.get("push by PUT") ?? 0) > before + 3 ? true : undefined,
        );
      });
      await registry.kill();
      world.ledger.crashed();
      await registry.restart();
      await verify(world, { numbers });
      demandNoComplaints(world, registry, "after there was room again");
      const refusals = `${world.counts.get("fault 507") ?? 0} × 507`;
      return `${refusals} of ${refused} refusals, ${world.ledger.keys().length} objects`;
    } finally {
      await registry.close();
    }
  } finally {
    await dropFolder(folder);
  }
}
