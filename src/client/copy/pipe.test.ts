import { expect, test } from "bun:test";
import type { Digest } from "../../oci/digest.ts";
import { BlobHash } from "./hash.ts";
import { Pipe } from "./pipe.ts";

const MEBIBYTE = 1024 * 1024;

test("a pipe keeps order, and copies what it is given", async () => {
  const pipe = new Pipe();
  const early = pipe.next();
  const piece = new Uint8Array([1]);
  pipe.push(piece);
  piece[0] = 9;
  expect(await early).toEqual(new Uint8Array([1]));
  pipe.push(new Uint8Array([2]));
  pipe.push(new Uint8Array([3]));
  pipe.close();
  expect(await pipe.next()).toEqual(new Uint8Array([2]));
  expect(await pipe.next()).toEqual(new Uint8Array([3]));
  expect(await pipe.next()).toBeUndefined();
});

test("a full pipe has room once something was taken", async () => {
  const pipe = new Pipe();
  pipe.push(new Uint8Array(MEBIBYTE - 1));
  expect(pipe.room()).toBeUndefined();
  pipe.push(new Uint8Array(2));
  const room = pipe.room();
  expect(room).toBeInstanceOf(Promise);
  expect(pipe.room()).toBe(room);
  await pipe.next();
  await room;
  expect(pipe.room()).toBeUndefined();
});

test("a fault ends it for both sides", async () => {
  const pipe = new Pipe();
  pipe.push(new Uint8Array(2 * MEBIBYTE));
  const room = pipe.room();
  pipe.close(new Error("broken"));
  await room;
  expect(pipe.next()).rejects.toThrow("broken");
  pipe.push(new Uint8Array(1));
  expect(pipe.next()).rejects.toThrow("broken");
  const waiting = new Pipe();
  const taken = waiting.next();
  waiting.close(new Error("late"));
  expect(taken).rejects.toThrow("late");
});

test("a hash takes each byte once", () => {
  const digest =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" as Digest;
  const hash = new BlobHash(digest);
  const text = new TextEncoder().encode("abc");
  hash.take(text.subarray(0, 2), 0);
  hash.take(text.subarray(0, 1), 0);
  hash.take(text.subarray(1), 1);
  expect(hash.position).toBe(3);
  expect(hash.matches()).toBe(true);
});
