import { describe, expect, test } from "bun:test";
import { fetchThrough } from "./as-fetch.ts";
import { openOutbound } from "./outbound.ts";
import { Origins } from "./testing/origin.ts";

describe("the client in the shape of fetch", () => {
  const outbound = openOutbound({ allow: ["127.0.0.1"] });
  const fetch = fetchThrough(outbound, { purpose: "login" });

  test("sends forms, headers and methods, and gives status, headers and body", async () => {
    await using origins = new Origins();
    const { port } = await origins.plain(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { authorization, "content-type": type } = request.headers;
      response.writeHead(201, { "x-seen": `${request.method} ${authorization} ${type}` }).end(body);
    });
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: "post",
      headers: { authorization: "Basic eA==" },
      body: new URLSearchParams({ a: "1 2" }),
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-seen")).toBe(
      "POST Basic eA== application/x-www-form-urlencoded;charset=UTF-8",
    );
    expect(await answer.text()).toBe("a=1+2");
  });

  test("gives a redirect to whoever wants it, and an answer without a body", async () => {
    await using origins = new Origins();
    const { port } = await origins.plain((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/none" }).end();
      else response.writeHead(204).end();
    });
    const url = `http://127.0.0.1:${port}/`;
    expect((await fetch(url, { redirect: "manual" })).status).toBe(302);
    expect((await fetch(url)).status).toBe(204);
  });

  test("speaks no method and sends no body that it does not know", async () => {
    await expect(fetch("http://127.0.0.1/", { method: "TRACE" })).rejects.toThrow(TypeError);
    await expect(fetch("http://127.0.0.1/", { body: new FormData() })).rejects.toThrow(TypeError);
  });
});
