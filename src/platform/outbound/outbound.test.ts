import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { selfSigned } from "../listen/testing/self-signed.ts";
import { openOutbound } from "./outbound.ts";
import { Origins, reasonOf, textOf } from "./testing/origin.ts";

const ask = { purpose: "workload" } as const;
let origins: Origins;

beforeEach(() => {
  origins = new Origins();
});

afterEach(async () => {
  await origins[Symbol.asyncDispose]();
});

/** Resolves names from a list; each asks takes the next answer, and the last one stays. */
function names(table: Record<string, readonly (readonly string[])[]>) {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (host: string) => {
      const answers = table[host] ?? [];
      const count = asked.filter((name) => name === host).length;
      asked.push(host);
      return answers[Math.min(count, answers.length - 1)] ?? [];
    },
  };
}

describe("the address that was judged is the address that is called", () => {
  test("a name is resolved once, and its name still stands in the request", async () => {
    const { port } = await origins.plain((request, response) => response.end(request.headers.host));
    const dns = names({ "a.test": [["127.0.0.1"], ["127.0.0.2"]] });
    const outbound = openOutbound({ allow: ["127.0.0.1"], resolve: dns.resolve });
    expect(await textOf(outbound, `http://a.test:${port}/`)).toBe(`a.test:${port}`);
    expect(dns.asked).toEqual(["a.test"]);
  });

  test("a name that leads inside after it was saved is refused at its use", async () => {
    const inside = await origins.plain((_, response) => response.end("secret"));
    const dns = names({ "a.test": [["8.8.8.8"], ["127.0.0.1"]] });
    const outbound = openOutbound({ allow: [], resolve: dns.resolve });
    const url = `https://a.test:${inside.port}/`;
    await outbound.check(url, ask);
    expect(await reasonOf(outbound.request(url, ask))).toBe("forbidden");
    expect(inside.connections()).toBe(0);
  });

  test("one address inside spoils the whole name", async () => {
    const inside = await origins.plain((_, response) => response.end("secret"));
    const dns = names({ "a.test": [["8.8.8.8", "127.0.0.1"]] });
    const outbound = openOutbound({ allow: [], resolve: dns.resolve });
    const call = outbound.request(`https://a.test:${inside.port}/`, ask);
    expect(await reasonOf(call)).toBe("forbidden");
    expect(inside.connections()).toBe(0);
  });

  test("the next address is tried when one takes no connection", async () => {
    const { port } = await origins.plain((_, response) => response.end("here"), "127.0.0.2");
    const dns = names({ "a.test": [["127.0.0.1", "127.0.0.2"]] });
    const outbound = openOutbound({ allow: ["127.0.0.0/8"], resolve: dns.resolve });
    expect(await textOf(outbound, `http://a.test:${port}/`)).toBe("here");
  });

  test("TLS is for the name, not for the address", async () => {
    const pair = selfSigned("localhost");
    const { port } = await origins.secure(pair, (_, response) => response.end("trusted"));
    const dns = names({ localhost: [["127.0.0.1"]], "b.test": [["127.0.0.1"]] });
    const open = { allow: ["127.0.0.1"], resolve: dns.resolve };
    const trusting = openOutbound({ ...open, ca: [pair.cert] });
    expect(await textOf(trusting, `https://localhost:${port}/`)).toBe("trusted");
    const short = { ...ask, timeout: 150 };
    expect(await reasonOf(trusting.request(`https://b.test:${port}/`, short))).toBe("tls");
    const careful = openOutbound(open);
    expect(await reasonOf(careful.request(`https://localhost:${port}/`, short))).toBe("tls");
  });
});

describe("inside is refused in every spelling, at save and at use", () => {
  test.each([
    "https://127.0.0.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://127.0.0.1./",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fd00:ec2::254]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://localhost/",
    "https://localhost./",
    "https://nowhere.test/",
    "https://inside.test/",
  ])("%s", async (url) => {
    const dns = names({ localhost: [["127.0.0.1"]], "inside.test": [["::ffff:10.1.2.3"]] });
    const outbound = openOutbound({ allow: [], resolve: dns.resolve });
    const saving = await outbound.check(url, ask).catch((error) => error);
    const using = await outbound.request(url, ask).catch((error) => error);
    expect(saving).toMatchObject({ code: "outbound.not_allowed" });
    expect(using).toMatchObject({ code: "outbound.unreachable" });
  });

  test("plain http is refused outside of the operator's list", async () => {
    const dns = names({ "a.test": [["8.8.8.8"]] });
    const outbound = openOutbound({ allow: [], resolve: dns.resolve });
    const saving = await outbound.check("http://a.test/", ask).catch((error) => error);
    expect(saving).toMatchObject({ code: "outbound.bad_url" });
    expect(await reasonOf(outbound.request("http://a.test/", ask))).toBe("url");
  });
});

describe("redirects", () => {
  async function chain(location: (own: number) => string) {
    const seen: string[] = [];
    const origin = await origins.plain((request, response) => {
      seen.push(request.url ?? "");
      if (request.url === "/end") response.end("end");
      else response.writeHead(302, { location: location(port) }).end();
    });
    const { port } = origin;
    return { port, seen };
  }

  test("are followed and judged anew", async () => {
    const { port } = await chain(() => "/end");
    const outbound = openOutbound({ allow: ["127.0.0.1"] });
    const answer = await outbound.request(`http://127.0.0.1:${port}/`, ask);
    expect(answer).toMatchObject({ status: 200, url: `http://127.0.0.1:${port}/end` });
  });

  test("that lead inside end there", async () => {
    const inside = await origins.plain((_, response) => response.end("secret"), "127.0.0.2");
    const { port } = await chain(() => `http://127.0.0.2:${inside.port}/`);
    const outbound = openOutbound({ allow: ["127.0.0.1"], timeout: 150 });
    expect(await reasonOf(outbound.request(`http://127.0.0.1:${port}/`, ask))).toBe("forbidden");
    expect(inside.connections()).toBe(0);
  });

  test.each(["file:///etc/passwd", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"])(
    "to %s are refused",
    async (location) => {
      const { port } = await chain(() => location);
      const outbound = openOutbound({ allow: ["127.0.0.1"], timeout: 150 });
      expect(await reasonOf(outbound.request(`http://127.0.0.1:${port}/`, ask))).toBe("url");
    },
  );

  test("without end stop after five", async () => {
    const { port, seen } = await chain(() => "/again");
    const outbound = openOutbound({ allow: ["127.0.0.1"], timeout: 150 });
    expect(await reasonOf(outbound.request(`http://127.0.0.1:${port}/`, ask))).toBe("redirect");
    expect(seen).toHaveLength(6);
  });

  test("are given to whoever follows none", async () => {
    const { port } = await chain(() => "/end");
    const outbound = openOutbound({ allow: ["127.0.0.1"] });
    const answer = await outbound.request(`http://127.0.0.1:${port}/`, { ...ask, redirects: 0 });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/end"]);
  });

  test("take no body with them", async () => {
    const { port, seen } = await chain(() => "/end");
    const outbound = openOutbound({ allow: ["127.0.0.1"], timeout: 150 });
    const post = { ...ask, method: "POST", body: "secret" } as const;
    expect(await reasonOf(outbound.request(`http://127.0.0.1:${port}/`, post))).toBe("redirect");
    expect(seen).toEqual(["/"]);
  });

  test("keep credentials at their origin and lose them for ever at another", async () => {
    const seen: unknown[][] = [];
    const other = await origins.plain((request, response) => {
      seen.push([request.headers.authorization, request.headers.cookie, request.headers["x-key"]]);
      response.writeHead(302, { location: `http://127.0.0.1:${first.port}/back` }).end();
    });
    const first = await origins.plain((request, response) => {
      seen.push([request.headers.authorization, request.headers.cookie, request.headers["x-key"]]);
      if (request.url === "/back") response.end("back");
      else if (request.url === "/own") {
        response.writeHead(302, { location: `http://127.0.0.1:${other.port}/` }).end();
      } else response.writeHead(302, { location: "/own" }).end();
    });
    const outbound = openOutbound({ allow: ["127.0.0.1"] });
    const headers = { Authorization: "Bearer s3cret", cookie: "a=b", "X-Key": "k" };
    await outbound.request(`http://127.0.0.1:${first.port}/`, { ...ask, headers });
    const given = ["Bearer s3cret", "a=b", "k"];
    const none = [undefined, undefined, undefined];
    expect(seen).toEqual([given, given, none, none]);
  });
});
