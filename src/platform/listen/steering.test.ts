import { expect, test } from "bun:test";
import { steerToNewest } from "./steering.ts";
import { askOnce } from "./testing/raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

function serve(name: string, hostname: string, port: number): Bun.Server<undefined> {
  return Bun.serve({ hostname, port, reusePort: true, fetch: () => new Response(name) });
}

test.each(["127.0.0.1", "[::1]"])(
  "of all sockets on a port of %s the newest gets the connections",
  async (host) => {
    const hostname = host.replace(/[[\]]/g, "");
    const first = serve("first", hostname, 0);
    const { port = 0 } = first;
    const servers = [first];
    const names = async (): Promise<string[]> => {
      const url = `http://${host}:${port}`;
      const answers = await Promise.all(Array.from({ length: 40 }, () => askOnce(url, GET)));
      return [...new Set(answers.map((answer) => answer.split("\r\n\r\n")[1] ?? ""))];
    };
    try {
      for (const name of ["second", "third"]) {
        servers.push(steerToNewest(port, () => serve(name, hostname, port)));
        expect(await names()).toEqual([name]);
      }
      for (const server of servers.splice(0, 2)) await server.stop(true);
      expect(await names()).toEqual(["third"]);
    } finally {
      for (const server of servers) await server.stop(true);
    }
  },
);

test("a port that nobody shares is bound as if nothing were", () => {
  const server = steerToNewest(0, () => serve("only", "127.0.0.1", 0));
  expect(server.port).toBeGreaterThan(0);
  server.stop(true);
});
