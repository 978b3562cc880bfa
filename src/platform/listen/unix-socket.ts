import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { ListenError, systemCode } from "./listen-error.ts";

/**
 * Makes room for a unix socket at `path`: one that a dead process left is removed, one that answers is in use,
 * and a file of any other kind is never touched.
 */
export async function clearStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw new ListenError("listen_failed", `cannot look at ${path}`, error);
  });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new ListenError("address_in_use", `${path} exists and is no socket: remove or move it`);
  }
  if (await answers(path)) {
    throw new ListenError("address_in_use", `another process listens on ${path}: stop it first`);
  }
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return;
    throw new ListenError("address_forbidden", `cannot remove the stale socket ${path}`, error);
  });
}

/** Runs `bind` so that the socket it makes is for its owner and group alone (0660) from its first moment. */
export function withSocketMode<T>(bind: () => T): T {
  const before = process.umask(0o117);
  try {
    return bind();
  } finally {
    process.umask(before);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      socket.destroy();
      const code = systemCode(error);
      if (code === "ECONNREFUSED" || code === "ENOENT") resolve(false);
      // A full queue of a process that is busy: somebody is there.
      else if (code === "EAGAIN") resolve(true);
      else reject(new ListenError("listen_failed", `cannot try the socket ${path}`, error));
    });
  });
}
