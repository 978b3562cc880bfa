/**
 * The least that the same runtime can do for an answer of `size` bytes: what is left of its rate in
 * a registry shows what the registry's own work costs. Run as `bun hello-server.ts PORT SIZE`.
 */
const [port, size] = process.argv.slice(2).map(Number);
const body = new Uint8Array(size ?? 0).fill(0x78);
const headers = { "content-type": "application/octet-stream" };

Bun.serve({
  hostname: "127.0.0.1",
  port: port ?? 0,
  fetch: () => new Response(body, { headers }),
});
