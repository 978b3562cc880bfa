import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { openApp, routeClasses } from "../../src/app.ts";
import { serveCommand } from "../../src/commands/serve.ts";
import { type FreshDatabase, freshDatabase } from "../support/database.ts";
import { HttpClient } from "../support/http-client.ts";

let fresh: FreshDatabase;

beforeEach(async () => {
  fresh = await freshDatabase();
});

afterEach(() => fresh.drop());

/** Runs `serve` on the fresh data until `during` has ended; gives what it printed. */
async function serve(
  { terminal, more = [] }: { terminal: boolean; more?: readonly string[] },
  during: (url: string, printed: string) => Promise<void> = async () => {},
): Promise<string> {
  let printed = "";
  const stop = Promise.withResolvers<string>();
  const up = Promise.withResolvers<string>();
  const command = serveCommand({
    env: {},
    language: "en",
    terminal,
    out: (text) => {
      printed += text;
      const url = /^listening on (\S+)$/m.exec(printed)?.[1];
      if (url !== undefined) up.resolve(url);
    },
    routeClasses,
    open: openApp,
    stopAsked: () => stop.promise,
  });
  const settings = [`data=${fresh.folder}`, `database=${fresh.url}`, "log.level=silent"];
  const argv = ["--listen", "127.0.0.1:0", "--set", ...settings, ...more];
  const running = command.parseAsync(argv, { from: "user" });
  running.catch(up.reject);
  try {
    const url = await up.promise;
    await during(url, printed);
  } finally {
    stop.resolve("SIGTERM");
    await running.catch(() => {});
  }
  return printed;
}

const file = () => join(fresh.folder, "first-password");

test("without a terminal the password is in a file, in the place of an old one", async () => {
  writeFileSync(file(), "of another database\n");
  const printed = await serve({ terminal: false }, async (url) => {
    const password = readFileSync(file(), "utf8").trim();
    (await new HttpClient(url, { name: "admin", password }).get("/v2/")).expect(200);
  });
  expect(printed).toContain(`the password is in ${file()}\n`);
  expect(await serve({ terminal: false })).not.toContain("password");
  expect(existsSync(file())).toBe(true);
});

test("at a terminal it is shown, and kept in no file", async () => {
  const printed = await serve({ terminal: true }, async (url, sofar) => {
    const password = /^ {4}(\S+)$/m.exec(sofar)?.[1] ?? "";
    (await new HttpClient(url, { name: "admin", password }).get("/v2/")).expect(200);
    expect(existsSync(file())).toBe(false);
  });
  expect(printed).toContain("shown once");
});

test("a start that cannot listen has told the password all the same", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => {
      const address = taken.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  try {
    const start = serve({ terminal: false, more: [`server.listen=127.0.0.1:${port}`] });
    await start.then(
      () => expect.unreachable(),
      () => {},
    );
    expect(readFileSync(file(), "utf8").length).toBeGreaterThan(20);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
});

test("the public URL is shown beside the addresses", async () => {
  const more = ["server.public_url=https://registry.example.com", "admin.password=long enough"];
  const printed = await serve({ terminal: true, more });
  expect(printed).toEndWith("clients reach it at https://registry.example.com\n");
  expect(printed).not.toContain("administrator");
});
