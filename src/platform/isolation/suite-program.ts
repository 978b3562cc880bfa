import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { lockDown } from "./lockdown.ts";
import { input, output } from "./pipes.ts";

/** What the isolated process of the suite tries, once it is locked down. */
const TRIES: Readonly<Record<string, (given: string) => unknown>> = {
  connect: (port) =>
    new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("connect", () => resolve("connected"));
      socket.on("error", (error) => resolve(String(error)));
    }),
  fetch: (port) => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text()),
  read: (path) => readFileSync(path, "utf8"),
  write: (path) => writeFileSync(path, "written"),
  remove: (path) => rmSync(path),
  spawn: () => Bun.spawnSync(["/bin/true"]).exitCode,
  kill: (pid) => Bun.spawnSync(["/bin/kill", pid]).exitCode,
  signal: (pid) => process.kill(Number(pid), "SIGTERM"),
  memory: async () => {
    const held: Uint8Array[] = [];
    for (;;) {
      held.push(new Uint8Array(4 * 1024 * 1024).fill(1));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  time: () => new Promise(() => setInterval(() => {}, 1_000)),
  output: () => {
    for (;;) output(new Uint8Array(65_536));
  },
  count: () => {
    let bytes = 0;
    for (const piece of input()) bytes += piece.byteLength;
    return bytes;
  },
  environment: () => JSON.stringify(Object.keys(process.env).sort()),
};

const [verb = "", given = ""] = process.argv.slice(3);
const isFiltered = lockDown(60);
try {
  const came = await TRIES[verb]?.(given);
  output(new TextEncoder().encode(JSON.stringify({ isFiltered, came: String(came) })));
} catch (error) {
  output(new TextEncoder().encode(JSON.stringify({ isFiltered, refused: String(error) })));
}
process.exit(0);
