import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { PasswordProvider } from "../../src/features/identity/providers-port.ts";
import { codeOf, end, type House, here, openHouse } from "../providers/house.ts";
import { SERVICE_DN, SERVICE_PASSWORD, type Slapd, SUFFIX, startSlapd } from "./slapd.ts";

let slapd: Slapd;
let house: House;

const person = (uid: string, more = "") => `
dn: uid=${uid},ou=people,${SUFFIX}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid} Example
sn: Example
mail: ${uid}@example.org
userPassword: password of ${uid}
${more}`;
const group = (cn: string, ...members: string[]) => `
dn: cn=${cn},ou=groups,${SUFFIX}
objectClass: groupOfNames
cn: ${cn}
${members.map((dn) => `member: ${dn}`).join("\n")}
`;
const dnOf = (uid: string) => `uid=${uid},ou=people,${SUFFIX}`;
const groupDn = (cn: string) => `cn=${cn},ou=groups,${SUFFIX}`;

const base = (more: Record<string, unknown> = {}) => ({
  ...{ type: "ldap", name: "corp", urls: slapd.url, ca_file: slapd.caFile },
  ...{ bind_dn: SERVICE_DN, bind_password: SERVICE_PASSWORD, timeout: "5s" },
  users: { base: `ou=people,${SUFFIX}` },
  groups: { by: "search", base: `ou=groups,${SUFFIX}`, nested: "walk" },
  ...more,
});

async function withHouse(entry: unknown, work: (house: House) => Promise<void>): Promise<void> {
  const opened = await openHouse([entry]);
  try {
    await work(opened);
  } finally {
    await opened.close();
  }
}

const check = (name: string, password = `password of ${name}`, from: House = house) =>
  from.password("corp").check(name, password, here);
const recheck = (id: string, from: House = house) =>
  (from.password("corp") as Required<PasswordProvider>).recheck(id);

beforeAll(async () => {
  slapd = await startSlapd();
  const people = ["ann", "bob", "eve", "zed"].map((uid) => person(uid));
  await slapd.apply(people.join("\n"));
  await slapd.apply(
    [
      group("inner", dnOf("ann")),
      group("middle", groupDn("inner")),
      // A circle: outer is in middle's inner, too.
      group("outer", groupDn("middle")),
      group("other", dnOf("bob")),
      `dn: ${groupDn("inner")}\nchangetype: modify\nadd: member\nmember: ${groupDn("outer")}\n`,
    ].join("\n"),
  );
  house = await openHouse([{ type: "local" }, base()]);
});
afterAll(async () => {
  await house.close();
  await slapd.drop();
});

describe("a directory over StartTLS", () => {
  test("lets people in by their own password, under one immutable identity", async () => {
    const vouched = await check("ann");
    expect(vouched).toMatchObject({ provider: "corp", claims: { dn: dnOf("ann") } });
    const row = await house.db.read
      .selectFrom("principals as p")
      .innerJoin("identities as i", "i.principal_id", "p.id")
      .selectAll()
      .where("p.id", "=", vouched?.principalId ?? "")
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ name: "ann", origin: "corp", issuer: "ldap:corp" });
    expect(row).toMatchObject({ display_name: "ann Example", email: "ann@example.org" });
    expect(row.subject).toMatch(/^[0-9a-f-]{36}$/);
    // As the directory compares names.
    expect((await check("ANN", "password of ann"))?.principalId).toBe(vouched?.principalId);
    expect(await check("ann", "wrong")).toBeUndefined();
    expect(await check("nobody")).toBeUndefined();
  });

  test("an empty password is nobody's, though the server takes it (RFC 4513 §5.1.2)", async () => {
    expect(await check("ann", "")).toBeUndefined();
  });

  test("whatever a name holds, it finds nobody else (A42)", async () => {
    await check("ann");
    const hostile = fc.oneof(
      fc.constantFrom(
        "*",
        "a*",
        "ann)(uid=*",
        "*)(|(uid=*",
        "ann)",
        "\\61nn",
        "(ann",
        "ann\0",
        "a\\",
      ),
      fc.string({ unit: "binary", maxLength: 40 }),
      fc
        .array(fc.constantFrom("*", "(", ")", "\\", "|", "&", "=", "ann", "\0", "{{name}}"))
        .map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        fc.pre(name.trim().toLowerCase() !== "ann");
        expect(await check(name, "password of ann")).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test("groups in groups count, circles end, and what was left is lost at the next use", async () => {
    await house.group("ours", "corp", `CN=Outer, OU=groups,${SUFFIX.toUpperCase()}`);
    await house.group("theirs", "corp", groupDn("other"));
    await house.group("else", "another", groupDn("outer"));
    const { principalId: id = "" } = (await check("ann")) ?? {};
    expect(await house.groupsOf(id)).toEqual(["ours (corp)"]);
    const modify = (op: string, cn: string) =>
      slapd.apply(
        `dn: ${groupDn(cn)}\nchangetype: modify\n${op}: member\nmember: ${dnOf("ann")}\n`,
      );
    await modify("delete", "inner");
    await modify("add", "other");
    const before = house.revision.number;
    expect(await recheck(id)).toBe(true);
    expect(await house.groupsOf(id)).toEqual(["theirs (corp)"]);
    expect(house.revision.number).toBeGreaterThan(before);
    await modify("delete", "other");
    await modify("add", "inner");
    expect(await recheck(id)).toBe(true);
    expect(await house.groupsOf(id)).toEqual(["ours (corp)"]);
  });

  test("who is renamed stays the same; who is gone is refused (A39)", async () => {
    const { principalId: id = "" } = (await check("eve")) ?? {};
    const rename = `dn: ${dnOf("eve")}\nchangetype: modrdn\nnewrdn: uid=eva\ndeleteoldrdn: 1\n`;
    await slapd.apply(rename);
    expect((await check("eva", "password of eve"))?.principalId).toBe(id);
    expect(await recheck(id)).toBe(true);
    await slapd.apply(`dn: ${dnOf("eva")}\nchangetype: delete\n`);
    expect(await recheck(id)).toBe(false);
    // Somebody else of the old name is somebody else (A32), and cannot have the account's name.
    await slapd.apply(person("eve"));
    expect(await check("eve")).toBeUndefined();
    expect((await house.denials()).at(-1)).toBe("provider.name_taken");
  });

  test("a name of another origin is refused and never merged (A42)", async () => {
    const id = await house.local("bob");
    expect(await check("bob")).toBeUndefined();
    expect((await house.denials()).at(-1)).toBe("provider.name_taken");
    expect(house.lines.at(-1)).toMatchObject({ level: "warn", fields: { name: "bob" } });
    const identities = house.db.read.selectFrom("identities").selectAll();
    expect(await identities.where("principal_id", "=", id).execute()).toEqual([]);
  });

  test("an account disabled here stays disabled whatever the directory says (A39)", async () => {
    const { principalId: id = "" } = (await check("zed")) ?? {};
    await end(house, id, "disabled");
    expect(await check("zed")).toBeUndefined();
    expect(await recheck(id)).toBe(false);
    expect((await house.denials()).at(-1)).toBe("provider.disabled");
  });

  test("the test command tells each step and no secret", async () => {
    const password = "password of ann";
    const report = await house.providers.test("corp", { name: "ann", password });
    expect(report.steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual(
      ["connect", "tls", "bind", "search", "password", "groups", "account"].map((s) => `${s} true`),
    );
    expect(report.steps.at(-2)?.facts.groups).toContain(groupDn("outer"));
    expect(report.steps.at(-1)?.facts).toEqual({ account: "ann", exists: true, groups: ["ours"] });
    const text = JSON.stringify(report);
    expect(text).not.toContain(password);
    expect(text).not.toContain(SERVICE_PASSWORD);
    const wrong = await house.providers.test("corp", { name: "ann", password: "x" });
    expect(wrong.steps.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual(["password"]);
    const nobody = await house.providers.test("corp", { name: "nobody" });
    expect(nobody.steps.at(-1)).toMatchObject({ step: "search", ok: false, reason: "no entry" });
  });

  test("a lost connection is made anew; a server that is away is a fault and no refusal", async () => {
    const vouched = await check("ann");
    await slapd.stop();
    expect(await codeOf(check("ann"))).toBe("directory.unavailable");
    expect(await codeOf(recheck(vouched?.principalId ?? ""))).toBe("directory.unavailable");
    const report = await house.providers.test("corp", { name: "ann" });
    expect(report).toMatchObject({ ok: false, steps: [{ step: "connect", ok: false }] });
    await slapd.start();
    expect(await check("ann")).toEqual(vouched);
  });
});

describe("the connection", () => {
  const refusedStep = async (entry: unknown) => {
    let failed: string | undefined;
    await withHouse(entry, async (own) => {
      expect(await codeOf(check("ann", undefined, own))).toMatch(/^directory\./);
      const { steps } = await own.providers.test("corp", {});
      failed = steps.find(({ ok }) => !ok)?.step;
    });
    return failed;
  };

  test("is refused when its certificate is another's, expired trust or name", async () => {
    for (const urls of [slapd.url, slapd.secureUrl]) {
      expect(await refusedStep(base({ urls, ca_file: slapd.otherCaFile }))).toBe("tls");
      expect(await refusedStep(base({ urls, ca_file: undefined }))).toBe("tls");
    }
    const wrong = await startSlapd({ certificateNames: "DNS:elsewhere.example" });
    try {
      for (const urls of [wrong.url, wrong.secureUrl]) {
        expect(await refusedStep(base({ urls, ca_file: wrong.caFile }))).toBe("tls");
      }
    } finally {
      await wrong.drop();
    }
  });

  test("tells a wrong service password from a wrong person", async () => {
    expect(await refusedStep(base({ bind_password: "wrong" }))).toBe("bind");
  });

  test("goes to the next server when the first is away, also by address and ldaps", async () => {
    const address = slapd.secureUrl.replace("localhost", "127.0.0.1");
    await withHouse(base({ urls: ["ldaps://localhost:1", address] }), async (own) => {
      expect(await check("ann", undefined, own)).toMatchObject({ provider: "corp" });
    });
  });
});

describe("groups", () => {
  test("by the attribute of the person, with theirs", async () => {
    const groups = { by: "attribute", nested: "walk" };
    await withHouse(base({ groups }), async (own) => {
      await own.group("ours", "corp", groupDn("outer"));
      const { principalId = "" } = (await check("ann", undefined, own)) ?? {};
      expect(await own.groupsOf(principalId)).toEqual(["ours (corp)"]);
    });
  });

  test("one level alone, where nesting is off; not beyond the depth, where it is on", async () => {
    const search = { by: "search", base: `ou=groups,${SUFFIX}` };
    for (const groups of [search, { ...search, nested: "walk", depth: 1 }]) {
      await withHouse(base({ groups }), async (own) => {
        await own.group("deep", "corp", groupDn("outer"));
        await own.group("near", "corp", groupDn("inner"));
        const { principalId = "" } = (await check("ann", undefined, own)) ?? {};
        expect(await own.groupsOf(principalId)).toEqual(["near (corp)"]);
      });
    }
  });

  test("by uniqueMember and by memberUid", async () => {
    await slapd.apply(`
dn: cn=unique,ou=groups,${SUFFIX}
objectClass: groupOfUniqueNames
cn: unique
uniqueMember: ${dnOf("ann")}

dn: cn=posix,ou=groups,${SUFFIX}
objectClass: posixGroup
cn: posix
gidNumber: 500
memberUid: ann
`);
    const search = { by: "search", base: `ou=groups,${SUFFIX}` };
    const posix = { member_attribute: "memberUid", filter: "(objectClass=posixGroup)" };
    const kinds = { unique: { member_attribute: "uniqueMember" }, posix };
    for (const [name, more] of Object.entries(kinds)) {
      await withHouse(base({ groups: { ...search, ...more } }), async (own) => {
        await own.group("ours", "corp", groupDn(name));
        const { principalId = "" } = (await check("ann", undefined, own)) ?? {};
        expect(await own.groupsOf(principalId)).toEqual(["ours (corp)"]);
      });
    }
  });
});

describe("Active Directory's attributes", () => {
  const guid = Buffer.from("000102030405060708090a0b0c0d0eff", "hex");
  const adPerson = (name: string, flags: number, bytes: Buffer, expires = "0") => `
dn: cn=${name},ou=people,${SUFFIX}
objectClass: user
cn: ${name}
sn: ${name}
objectGUID:: ${bytes.toString("base64")}
sAMAccountName: ${name}
userAccountControl: ${flags}
displayName: ${name} at work
accountExpires: ${expires}
userPassword: password of ${name}
`;
  const entry = () =>
    base({
      preset: "active_directory",
      users: {
        base: `ou=people,${SUFFIX}`,
        filter: "(&(objectClass=user)(sAMAccountName={{name}}))",
      },
      groups: { by: "none" },
    });

  test("binary ids become text and are found again; disabled accounts are refused", async () => {
    await slapd.apply(adPerson("Kim", 512, guid));
    await slapd.apply(adPerson("off", 514, Buffer.alloc(16, 7)));
    // 2020-01-01 and never, as Windows counts.
    await slapd.apply(adPerson("past", 512, Buffer.alloc(16, 8), "132223104000000000"));
    await slapd.apply(adPerson("ever", 512, Buffer.alloc(16, 9), "9223372036854775807"));
    await withHouse(entry(), async (own) => {
      const { principalId = "" } = (await check("kim", "password of Kim", own)) ?? {};
      const identities = await own.db.read.selectFrom("identities").select("subject").execute();
      expect(identities).toEqual([{ subject: "03020100-0504-0706-0809-0a0b0c0d0eff" }]);
      expect(await own.password("corp").check("kim", "password of Kim", here)).toBeDefined();
      expect(await recheck(principalId, own)).toBe(true);
      expect(await check("off", undefined, own)).toBeUndefined();
      expect(await check("past", undefined, own)).toBeUndefined();
      expect(await check("ever", undefined, own)).toMatchObject({ provider: "corp" });
      const flags = "changetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n";
      await slapd.apply(`dn: cn=Kim,ou=people,${SUFFIX}\n${flags}`);
      expect(await check("kim", "password of Kim", own)).toBeUndefined();
      expect(await recheck(principalId, own)).toBe(false);
    });
  });
});
