import { afterEach, beforeEach, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../kernel/errors/catalogue.ts";
import { lockFolder } from "./lock.ts";

let folder: string;
let children: Bun.Subprocess[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "entrepot-lock-"));
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(({ exited }) => exited));
  children = [];
  fs.rmSync(folder, { recursive: true });
});

const holder = `
  import { lockFolder } from ${JSON.stringify(join(import.meta.dir, "lock.ts"))};
  try {
    lockFolder(process.argv.at(-1));
    console.log("locked");
  } catch (error) {
    console.log(error.code);
    process.exit(1);
  }
  setInterval(() => undefined, 1000);
`;

/** Starts a second process that takes the folder; resolves with the first thing it says. */
async function startHolder(): Promise<{ kill: () => Promise<unknown>; said: string; pid: number }> {
  const script = join(folder, "holder.ts");
  fs.writeFileSync(script, holder);
  const child = Bun.spawn([process.execPath, script, folder], { stdout: "pipe" });
  children.push(child);
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const kill = () => {
    child.kill("SIGKILL");
    return child.exited;
  };
  return { kill, said: new TextDecoder().decode(value).trim(), pid: child.pid };
}

/** The failure of a lock that another holds. */
function refusal(): Failure {
  try {
    lockFolder(folder).release();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("the lock was free");
}

test("a second process is refused and told who has the folder", async () => {
  const lock = lockFolder(folder);
  const second = await startHolder();
  expect(second.said).toBe("service.folder_locked");
  await second.kill();
  lock.release();
  const third = await startHolder();
  expect(third.said).toBe("locked");
  const refused = refusal();
  expect(refused.code).toBe("service.folder_locked");
  expect(refused.message).toContain(folder);
  expect(refused.message).toContain(String(third.pid));
  await third.kill();
});

test("the lock goes with a process that is killed", async () => {
  const second = await startHolder();
  expect(second.said).toBe("locked");
  expect(refusal().code).toBe("service.folder_locked");
  await second.kill();
  lockFolder(folder).release();
});

test("a child of the holder does not inherit the lock", async () => {
  const lock = lockFolder(folder);
  const child = Bun.spawn(["sh", "-c", "echo started; exec sleep 30"], { stdout: "pipe" });
  children.push(child);
  await child.stdout.getReader().read();
  lock.release();
  lockFolder(folder).release();
});

test("one process cannot take a folder twice, and releasing twice is nothing", () => {
  const lock = lockFolder(folder);
  expect(refusal().code).toBe("service.folder_locked");
  lock.release();
  lock.release();
  const next = lockFolder(folder);
  next.release();
});

test("a folder that is not there is the system's error", () => {
  expect(() => lockFolder(join(folder, "missing"))).toThrow("ENOENT");
});
