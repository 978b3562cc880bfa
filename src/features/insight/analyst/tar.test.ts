import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  archive,
  END,
  type Entry,
  header,
  packed,
  padded,
  withChecksum,
} from "../../../../tests/support/tar.ts";
import { namedBy, pathOf } from "../files/rules-key.ts";
import { type Row, RowPacker, unpackRows } from "../files/rules-row.ts";
import { LayerRows } from "./rows.ts";
import { type TarEntry, TarScanner } from "./tar/scanner.ts";
import { TroubleError } from "./trouble.ts";

interface Read {
  readonly entry: TarEntry;
  readonly body: Buffer;
}

/** Reads an archive in pieces of that size. */
function scan(bytes: Uint8Array, piece = bytes.byteLength || 1): Read[] {
  const read: { entry: TarEntry; pieces: Uint8Array[]; ended: boolean }[] = [];
  const scanner = new TarScanner({
    entry: (entry) => void read.push({ entry, pieces: [], ended: false }),
    bytes: (each) => void read.at(-1)?.pieces.push(each.slice()),
    fileEnd: () => {
      const last = read.at(-1);
      if (last !== undefined) last.ended = true;
    },
  });
  for (let at = 0; at < bytes.byteLength; at += piece)
    scanner.write(bytes.subarray(at, at + piece));
  scanner.end();
  return read.map(({ entry, pieces }) => ({ entry, body: Buffer.concat(pieces) }));
}

function trouble(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof TroubleError ? error.trouble : String(error);
  }
  return "none";
}

const name = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9 é\u{1F600}._-]{1,60}$/u), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join("/"))
  .filter((path) => !path.split("/").some((part) => part === "." || part === ".."));

const entries = fc.array(
  fc.record({
    name,
    body: fc.uint8Array({ maxLength: 1_500 }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 0o7777777 }),
    gid: fc.integer({ min: 0, max: 0o7777777 }),
    mtime: fc.integer({ min: 0, max: 0o77777777777 }),
  }),
  { maxLength: 8 },
);

describe("archives", () => {
  test("are read as they were written, in pieces of any size", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 1_300 }), (all, piece) => {
        const bytes = archive(all);
        const read = scan(bytes, piece);
        expect(read.map(({ entry, body }) => ({ name: entry.name, body }))).toEqual(
          all.map(({ name: at, body }) => ({ name: at, body: Buffer.from(body) })),
        );
        for (const [at, { entry, body }] of read.entries()) {
          const { mode, uid, gid, mtime } = all[at] ?? {};
          expect(entry).toMatchObject({ mode, uid, gid, modifiedAt: (mtime ?? 0) * 1_000 });
          const { offset = -1 } = entry;
          expect(bytes.subarray(offset, offset + entry.size)).toEqual(body);
        }
      }),
    );
  });

  test("that are anything else are refused, and never make it throw anything else", () => {
    const damaged = fc.tuple(entries, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }));
    fc.assert(
      fc.property(damaged, fc.nat(), ([all, changes], cut) => {
        const bytes = archive(all);
        for (const [at, byte] of changes) bytes[at % bytes.byteLength] = byte;
        const told = trouble(() => scan(bytes.subarray(0, cut % (bytes.byteLength + 1)), 700));
        expect(told).toBeOneOf(["none", "damaged", "limit.header"]);
      }),
      { numRuns: 500 },
    );
  });

  test("say long names by GNU's entries too, and by a prefix", () => {
    const long = `${"folder/".repeat(30)}file`;
    const gnu = (flag: string, text: string) => {
      const body = Buffer.from(`${text}\0`);
      return Buffer.concat([header({ name: "././@LongLink", flag, body }), padded(body)]);
    };
    const linked = Buffer.concat([
      gnu("K", long),
      gnu("L", `${long}-link`),
      packed({ name: "cut", flag: "2", link: "cut" }),
      END,
    ]);
    expect(scan(linked)[0]?.entry).toMatchObject({ name: `${long}-link`, linkName: long });
    const split = header({ name: "name" });
    split.write("the/prefix", 345);
    withChecksum(split);
    expect(scan(Buffer.concat([split, END]))[0]?.entry.name).toBe("the/prefix/name");
  });

  test("say sizes and times by pax records, and in base 256", () => {
    const body = "0123456789";
    const pax = { size: "10", mtime: "1700000000.123456789", uid: "3000000", path: "by-pax" };
    const read = scan(archive([{ name: "x", body, size: 0, pax }]));
    expect(read[0]?.body.toString()).toBe(body);
    expect(read[0]?.entry).toMatchObject({
      name: "by-pax",
      uid: 3_000_000,
      modifiedAt: 1_700_000_000_123,
    });
    const large = header({ name: "x", body });
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]).copy(large, 124);
    withChecksum(large);
    expect(scan(Buffer.concat([large, padded(Buffer.from(body)), END]))[0]?.entry.size).toBe(10);
  });

  test("with holes are told from those without", () => {
    const pax = {
      "GNU.sparse.major": "1",
      "GNU.sparse.name": "holes",
      "GNU.sparse.realsize": "99999",
    };
    const [first] = scan(archive([{ name: "x", body: "map", pax }]));
    expect(first?.entry).toMatchObject({ name: "holes", size: 99_999, offset: undefined });
    const old = header({ name: "old", flag: "S", body: "0123456789" });
    old[482] = 1;
    old.write("00000010000\0", 483);
    withChecksum(old);
    const all = Buffer.concat([
      old,
      Buffer.alloc(512),
      padded(Buffer.from("0123456789")),
      packed({ name: "next" }),
      END,
    ]);
    expect(scan(all).map(({ entry }) => [entry.name, entry.size, entry.offset])).toEqual([
      ["old", 4_096, undefined],
      ["next", 0, 2_048],
    ]);
  });

  test.each<[string, Uint8Array, string]>([
    [
      "a pax header of absurd size",
      header({ name: "x", flag: "x", size: 2_000_000_000 }),
      "limit.header",
    ],
    [
      "a long name of absurd size",
      header({ name: "x", flag: "L", size: 1_048_577 }),
      "limit.header",
    ],
    [
      "a size below zero",
      withChecksum(Buffer.from(header({ name: "x" }).fill(0xff, 124, 136))),
      "damaged",
    ],
    [
      "a size with letters",
      withChecksum(Buffer.from(header({ name: "x" }).fill("z", 124, 136))),
      "damaged",
    ],
    ["a wrong checksum", Buffer.from(header({ name: "x" }).fill("1", 0, 3)), "damaged"],
    ["an end in the middle", header({ name: "x", size: 10_000 }), "damaged"],
    [
      "a pax record without its length",
      packed({ name: "PaxHeaders", flag: "x", body: "path=x\n" }),
      "damaged",
    ],
    [
      "a pax record that is longer than all",
      packed({ name: "P", flag: "x", body: "99 path=x\n" }),
      "damaged",
    ],
    ["a pax size that is none", archive([{ name: "x", pax: { size: "-1" } }]), "damaged"],
    [
      "a pax size beyond all numbers",
      archive([{ name: "x", pax: { size: "9".repeat(30) } }]),
      "damaged",
    ],
    ["a name without its entry", packed({ name: "L", flag: "L", body: "name" }), "damaged"],
  ])("with %s are refused", (_, bytes, expected) => {
    expect(trouble(() => scan(bytes))).toBe(expected);
  });
});

function rowsOf(all: readonly Entry[], limit = 1_000): LayerRows {
  const rows = new LayerRows({ entries: limit });
  const scanner = new TarScanner(rows);
  scanner.write(archive(all));
  scanner.end();
  return rows;
}

function told(all: readonly Entry[]) {
  return rowsOf(all)
    .sorted()
    .map(({ key, type, target }) => [pathOf(namedBy(key)), type, target]);
}

describe("the entries of a layer (A55)", () => {
  test("stay inside, whatever their names and links say", () => {
    const hostile: Entry[] = [
      { name: "../outside", body: "x" },
      { name: "a/../../outside", body: "x" },
      { name: "/absolute", body: "x" },
      { name: "//twice//slashed", body: "x" },
      { name: "./a/./b", body: "x" },
      { name: "out", flag: "2", link: "../../../etc/passwd" },
      { name: "hard", flag: "1", link: "../../etc/shadow" },
      { name: "device", flag: "3" },
      { name: "block", flag: "4" },
      { name: "pipe", flag: "6" },
      { name: "..", flag: "5" },
      { name: "/", flag: "5" },
      { name: "odd", flag: "Z", body: "x" },
    ];
    expect(told(hostile)).toEqual([
      ["a", "implied", null],
      ["absolute", "file", null],
      ["block", "other", null],
      ["device", "other", null],
      ["hard", "hardlink", "../../etc/shadow"],
      ["odd", "other", null],
      ["out", "symlink", "../../../etc/passwd"],
      ["pipe", "other", null],
      ["twice", "implied", null],
      ["a/b", "file", null],
      ["twice/slashed", "file", null],
    ]);
    expect(rowsOf(hostile).outside).toBe(3);
    const hard = rowsOf(hostile)
      .sorted()
      .find(({ type }) => type === "hardlink");
    expect(hard).toMatchObject({ offset: null, size: 0 });
  });

  test("are those that came last, and what a layer removes is not what it adds", () => {
    expect(
      told([
        { name: "twice", body: "old" },
        { name: "twice", flag: "2", link: "new" },
        { name: "gone/kept", body: "x" },
        { name: ".wh.gone" },
        { name: ".wh.nothing" },
        { name: ".wh..wh.plnk" },
        { name: ".wh." },
      ]),
    ).toEqual([
      ["gone", "implied", null],
      ["nothing", "removed", null],
      ["twice", "symlink", "new"],
      ["gone/kept", "file", null],
    ]);
  });

  test.each<[string, readonly Entry[], string]>([
    [
      "more than may be",
      Array.from({ length: 1_001 }, (_, at) => ({ name: `${at}` })),
      "limit.entries",
    ],
    ["folders that are only implied", [{ name: `${"a/".repeat(200)}b` }], "none"],
    ["deeper than can be", [{ name: `${"a/".repeat(257)}b` }], "limit.depth"],
    ["of a longer name than can be", [{ name: "n".repeat(256) }], "limit.name"],
    ["of a longer path than can be", [{ name: `${"n".repeat(200)}/`.repeat(30) }], "limit.name"],
    [
      "that lead further than can be",
      [{ name: "x", flag: "2", link: "y".repeat(5_000) }],
      "limit.name",
    ],
  ])("%s are a limit, or none", (_, all, expected) => {
    expect(trouble(() => rowsOf(all))).toBe(expected);
  });

  test("come back from their index as they went in", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const packer = new RowPacker();
        const rows = rowsOf(all).sorted();
        for (const row of rows) packer.add(row);
        const read = unpackRows(packer.take()) ?? [];
        const members = Object.keys(rows[0] ?? {}) as (keyof Row)[];
        const plain = (row: Row) => Object.fromEntries(members.map((name) => [name, row[name]]));
        expect(read.map(plain)).toEqual(rows.map(plain));
        expect(packer.count).toBe(0);
      }),
    );
  });

  test("are not read from what are no rows", () => {
    const lines = fc.tuple(fc.jsonValue(), fc.jsonValue());
    fc.assert(
      fc.property(lines, (all) => {
        const rows = unpackRows(all.map((each) => JSON.stringify(each)).join("\n")) ?? [];
        for (const { key, size, mode, modifiedAt, target, offset } of rows) {
          expect(key).toContain("\u0000");
          expect([typeof size, typeof mode]).toEqual(["number", "number"]);
          expect(
            [modifiedAt, offset].every((each) => each === null || Number.isInteger(each)),
          ).toBe(true);
          expect(target === null || typeof target === "string").toBe(true);
        }
      }),
    );
    expect(unpackRows('["fa\\u0000b"]\n[[1,"x",null,{},"y",7]]')?.[0]).toMatchObject({
      size: 1,
      mode: 0o755,
      uid: 0,
      modifiedAt: null,
      target: null,
    });
    for (const none of ["{}", '["zno type\\u0000"]', '["fno key"]', "[7]"]) {
      expect(unpackRows(none)).toBeUndefined();
    }
  });
});
