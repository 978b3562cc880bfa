import { expect, test } from "bun:test";
import { join } from "node:path";

/** Runs the program to its end. */
async function entrepot(argv: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), ...argv], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, out, err };
}

test("help and version end well, on standard output alone", async () => {
  const help = await entrepot(["serve", "--help"]);
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toContain("--listen <address...>");
  const version = await entrepot(["--version"]);
  expect(version).toMatchObject({ code: 0, err: "" });
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\S* \(/);
  expect((await entrepot(["--help"], { LANG: "zh_CN.UTF-8" })).out).toContain("用法：");
});

test.each([
  ["a command that is none", ["dance"], 2, "unknown command 'dance'"],
  ["an option that is none", ["serve", "--dance"], 2, "unknown option '--dance'"],
  ["a value that is none", ["serve", "--listen", "nowhere"], 1, "server.listen"],
])("%s says so once", async (_name, argv, expected, words) => {
  const { code, out, err } = await entrepot(argv);
  expect({ code, out }).toEqual({ code: expected, out: "" });
  expect(err.split(words)).toHaveLength(2);
});

test("a bench that measured nothing ends with its own code", async () => {
  const server = Bun.serve({ port: 0, fetch: () => new Response(null, { status: 500 }) });
  try {
    const argv = ["bench", server.url.href, "--workload", "W1", "--scale", "tiny", "--rounds", "1"];
    const { code, err } = await entrepot(argv);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("the run is void") });
  } finally {
    await server.stop(true);
  }
});
