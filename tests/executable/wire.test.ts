import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";

// The same exchanges as on the sources: the harness starts the executable in their place.
import "../wire/ping-and-auth.test.ts";
import "../wire/uploads.test.ts";
import "../wire/upload-sessions.test.ts";
import "../wire/blobs.test.ts";
import "../wire/manifests.test.ts";
import "../wire/lists.test.ts";
import "../wire/referrers.test.ts";
import "../wire/methods-and-errors.test.ts";
import "../wire/rights.test.ts";
import "../wire/bearer.test.ts";
// Libraries of signing in that a bundler has taken apart and put together again.
import "../api/sign-in.test.ts";
import "../api/factors.test.ts";
import "../api/single-sign-on.test.ts";
import "../api/workload.test.ts";

test("an executable is what all this was asked of", async () => {
  const path = process.env.ENTREPOT_TEST_EXECUTABLE ?? "";
  const { mode } = await stat(path);
  expect(mode & 0o111).not.toBe(0);
});
