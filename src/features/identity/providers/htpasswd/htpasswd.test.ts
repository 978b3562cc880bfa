import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { codeOf, end, type House, here, openHouse } from "../../../../../tests/providers/house.ts";
import { bcryptCost, hashBcrypt, verifyBcrypt } from "../../../../platform/passwords/bcrypt.ts";
import type { PasswordProvider } from "../../providers-port.ts";
import { openHtpasswd } from "./provider.ts";
import { readPasswordFile } from "./rules.ts";

let folder: string;
let file: string;
let house: House;
/** `password of ann`, in the spelling of Apache's tool. */
let ann: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entrepot-htpasswd-"));
  file = join(folder, "htpasswd");
  ann = (await hashBcrypt("password of ann", 5)).replace(/^\$2b/, "$2y");
  await put(`# people\nann:${ann}\nbob:${ann}\nann.b:${ann}\nplain:secret\nsha:{SHA}abc=\n`);
  const provider = { type: "htpasswd", name: "file", file };
  house = await openHouse([{ type: "local" }, provider]);
});
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

/** Replaced as editors and deployments do it. */
async function put(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

const check = (name: string, password = "password of ann") =>
  house.password("file").check(name, password, here);
const recheck = (id: string) => (house.password("file") as Required<PasswordProvider>).recheck(id);

test("lets people in under an identity of the file", async () => {
  const vouched = await check("ann");
  expect(vouched).toMatchObject({ provider: "file", claims: {} });
  expect(await check("ann")).toEqual(vouched);
  const identities = await house.db.read.selectFrom("identities").selectAll().execute();
  expect(identities).toMatchObject([{ issuer: "htpasswd:file", subject: "ann", provider: "file" }]);
  expect(await check("ann", "wrong")).toBeUndefined();
  expect(await check("ann", "")).toBeUndefined();
  expect(await check("nobody")).toBeUndefined();
});

test("other formats let nobody in, and the log says which lines", async () => {
  for (const password of ["secret", "abc", ""]) {
    expect(await check("plain", password)).toBeUndefined();
    expect(await check("sha", password)).toBeUndefined();
  }
  const lines = house.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields);
  expect(lines).toMatchObject([
    { line: 5, reason: "not_bcrypt" },
    { line: 6, reason: "not_bcrypt" },
  ]);
  expect(JSON.stringify(house.lines)).not.toContain("secret");
});

test("a name of another origin is refused and never merged (A42)", async () => {
  const id = await house.local("bob");
  expect(await check("bob")).toBeUndefined();
  expect((await house.denials()).at(-1)).toBe("provider.name_taken");
  expect(house.lines.at(-1)).toMatchObject({ level: "warn", fields: { reason: "name_taken" } });
  const identities = await house.db.read
    .selectFrom("identities")
    .selectAll()
    .where("principal_id", "=", id)
    .execute();
  expect(identities).toEqual([]);
});

test("a change of the file counts at once: a new password, a line that is gone (A39)", async () => {
  const { principalId: id = "" } = (await check("ann")) ?? {};
  const other = await hashBcrypt("another one", 4);
  await put(`ann:${other}\n`);
  expect(await check("ann")).toBeUndefined();
  expect((await check("ann", "another one"))?.principalId).toBe(id);
  expect(await recheck(id)).toBe(true);
  await put(`carl:${other}\n`);
  expect(await check("ann", "another one")).toBeUndefined();
  expect(await recheck(id)).toBe(false);
  await rm(file);
  expect(await codeOf(check("ann", "another one"))).toBe("provider.unavailable");
  expect(await codeOf(recheck(id))).toBe("provider.unavailable");
  await put(`ann:${ann}\n`);
  expect((await check("ann"))?.principalId).toBe(id);
});

test("an account disabled here stays disabled (A39)", async () => {
  await put(`zed:${ann}\n`);
  const { principalId: id = "" } = (await check("zed")) ?? {};
  await end(house, id, "disabled");
  expect(await check("zed")).toBeUndefined();
  expect(await recheck(id)).toBe(false);
  expect((await house.denials()).at(-1)).toBe("provider.disabled");
});

test("an unknown name costs one check of the usual cost, as a known one does (A40)", async () => {
  await put(`ann:${ann}\n`);
  const costs: (number | undefined)[] = [];
  const config = { type: "htpasswd", name: "file", label: "", autoProvision: false, file } as const;
  const refuse = async () => ({ ok: false, refusal: "not_admitted" }) as const;
  const nothing = { identityOf: async () => undefined, preview: refuse as never };
  const provider = openHtpasswd(config, {
    ...{ clock: house.clock, provisioning: { login: refuse, ...nothing } },
    logger: { warn() {} } as never,
    verify: (password, verifier) => {
      costs.push(bcryptCost(verifier));
      return verifyBcrypt(password, verifier);
    },
  });
  for (const name of ["ann", "nobody", "nobody-else"]) await provider.check(name, "wrong", here);
  expect(costs).toEqual([5, 5, 5]);
  // A password that was right is not verified again while its line stays.
  for (let time = 0; time < 3; time += 1) await provider.check("ann", "password of ann", here);
  expect(costs.length).toBe(4);
});

test("tells an administrator what the file holds", async () => {
  await put(`ann:${ann}\nbad line\n`);
  const report = await house.providers.test("file", { name: "ann", password: "password of ann" });
  expect(report.steps.map(({ step, ok }) => [step, ok])).toEqual([
    ["file", false],
    ["search", true],
    ["password", true],
    ["account", true],
  ]);
  expect(report.steps[0]?.facts).toEqual({ entries: 1, problems: ["2: no_colon"] });
});

test("verifiers that would take seconds are refused", () => {
  const dear = ann.replace("$05$", "$15$");
  const { verifiers, problems } = readPasswordFile(`a:${dear}\nb:${ann}\n`, bcryptCost, 14);
  expect([...verifiers.keys()]).toEqual(["b"]);
  expect(problems).toEqual([{ line: 1, reason: "too_costly" }]);
});

test("any text is read, and only bcrypt comes of it", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      ":",
      "a:",
      ":x",
      "a:b:c",
      `a:${"$2y$05$"}${"a".repeat(53)}`,
      "#a:b",
      "\uFEFFa:b",
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { verifiers } = readPasswordFile(lines.join("\n"), bcryptCost, 14);
      for (const [name, verifier] of verifiers) {
        expect(name).not.toBe("");
        expect(bcryptCost(verifier)).toBeLessThanOrEqual(14);
      }
    }),
  );
});
