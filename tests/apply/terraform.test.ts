import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

const FOLDER = join(import.meta.dir, "../../examples/terraform/restapi");

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry({
    accounts: [{ name: "ada", password: "ada has a password", administrator: false }],
  });
});
afterAll(() => registry.close());

type Json = Readonly<Record<string, unknown>>;

/** What the provider keeps of an object in its state. */
interface Kept {
  readonly path: string;
  readonly id: string;
  readonly data: Json;
}

/** The arguments of a resource as the example writes them, one a line. */
async function resource(name: string): Promise<Map<string, string>> {
  const text = await Bun.file(join(FOLDER, "main.tf")).text();
  const block = new RegExp(`^resource "restapi_object" "${name}" \\{\\n([\\s\\S]*?)^\\}`, "m").exec(
    text,
  );
  const lines = (block?.[1] ?? "").matchAll(/^ {2}(\w+)\s+= (.+)$/gm);
  return new Map([...lines].map(([, key = "", value = ""]) => [key, value]));
}

async function values(file: string): Promise<Readonly<Record<string, Json>>> {
  return await Bun.file(join(FOLDER, file)).json();
}

async function send(
  method: string,
  target: string,
  data?: Json,
): Promise<{ status: number; json: Json }> {
  const headers = { "content-type": "application/json" };
  const body = data === undefined ? {} : { headers, body: JSON.stringify(data) };
  const answer = await registry.admin.send(method, `/api/v1${target}`, body);
  return { status: answer.status, json: answer.status === 204 ? {} : (answer.json as Json) };
}

/** The provider's create: `POST path` with `data`; the id is a field of what is answered. */
async function create(path: string, idAttribute: string, data: Json): Promise<Kept> {
  const { status, json } = await send("POST", path, data);
  expect({ path, status }).toEqual({ path, status: 201 });
  return { path, id: String(json[idAttribute]), data };
}

/** Whether what is kept is answered otherwise; what the server adds to an answer is not compared. */
function differs(kept: unknown, answered: unknown): boolean {
  if (typeof kept !== "object" || kept === null) return kept !== answered;
  return Object.entries(kept).some(([key, value]) =>
    differs(value, (answered as Json | null | undefined)?.[key]),
  );
}

/** The provider's read: `GET path/id`; gives the fields of `data` that are not as they were. */
async function differences({ path, id, data }: Kept): Promise<string[]> {
  const { status, json } = await send("GET", `${path}/${id}`);
  expect(status).toBe(200);
  return Object.keys(data).filter((key) => differs(data[key], json[key]));
}

async function wanted(): Promise<{ path: string; id: string; data: Json; update: Json }[]> {
  const projects = Object.entries(await values("projects.json")).map(([name, each]) => ({
    path: "/projects",
    id: "name",
    data: { name, ...each },
    update: each,
  }));
  const members = Object.values(await values("members.json")).map(
    ({ project, subject, terms }) => ({
      path: `/projects/${String(project)}/members`,
      id: "id",
      data: { subject, ...(terms as Json) },
      update: terms as Json,
    }),
  );
  return [...projects, ...members];
}

test("the example says what is rendered here", async () => {
  expect(Object.fromEntries(await resource("project"))).toMatchObject({
    path: '"/projects"',
    id_attribute: '"name"',
    data: "jsonencode(merge({ name = each.key }, each.value))",
    update_method: '"PATCH"',
    update_data: "jsonencode(each.value)",
  });
  expect(Object.fromEntries(await resource("member"))).toMatchObject({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is another language's template
    path: '"/projects/${each.value.project}/members"',
    id_attribute: '"id"',
    data: "jsonencode(merge({ subject = each.value.subject }, each.value.terms))",
    update_method: '"PATCH"',
    update_data: "jsonencode(each.value.terms)",
  });
});

test("its requests make everything, find nothing to change, change, and take away", async () => {
  const kept: Kept[] = [];
  for (const { path, id, data } of await wanted()) kept.push(await create(path, id, data));
  for (const each of kept) expect(await differences(each)).toEqual([]);
  for (const [at, { update }] of (await wanted()).entries()) {
    const { path, id } = kept[at] as Kept;
    expect((await send("PATCH", `${path}/${id}`, update)).status).toBe(200);
  }
  const [team] = kept as [Kept];
  await registry.admin.send("PATCH", "/api/v1/projects/team", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ public: true }),
  });
  expect(await differences(team)).toEqual(["public"]);
  for (const { path, id } of kept.toReversed()) {
    expect((await send("DELETE", `${path}/${id}`)).status).toBeOneOf([200, 204]);
    expect((await send("GET", `${path}/${id}`)).status).toBe(404);
  }
});
