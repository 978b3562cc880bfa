import { join } from "node:path";
import { freePort, launch } from "./process.ts";
import type { Subject } from "./subject.ts";

/** A server that answers everything with the same `size` bytes. */
export function hello(size: number): Subject {
  return {
    name: "hello server",
    async start(folder) {
      const port = await freePort();
      const program = join(import.meta.dir, "hello-server.ts");
      return await launch({
        command: [process.execPath, program, String(port), String(size)],
        port,
        folder,
      });
    },
  };
}
