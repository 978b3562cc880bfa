import { expect, test } from "bun:test";
import { clientDisk, judgeSpace } from "./client-disk.ts";

const GIB = 2 ** 30;

test.each([
  [100 * GIB, 50 * GIB, "client_disk.fine"],
  [100 * GIB, 1.5 * GIB, "client_disk.low"],
  [100 * GIB, 0.4 * GIB, "client_disk.full"],
  // Of a small disk that is nearly empty.
  [4 * GIB, 0.9 * GIB, "client_disk.fine"],
  [4 * GIB, 0, "client_disk.full"],
])("of %d bytes %d free is %s", (total, free, code) => {
  const { code: found, words } = judgeSpace("/var/lib/docker", { total, free });
  expect(found).toBe(code);
  expect(words.en).toMatch(/^\/var\/lib\/docker: .* free of /);
});

test("folders that are not there are no trouble", async () => {
  const files = { etc: "/etc", images: ["/nonexistent"], config: undefined, data: undefined };
  expect(await clientDisk.run({ files } as never)).toEqual([]);
});
