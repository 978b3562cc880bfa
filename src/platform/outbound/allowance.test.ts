import { describe, expect, test } from "bun:test";
import { allowance, isOpening } from "./allowance.ts";

const call = { host: "git.corp.example", purpose: "workload", internalAllowed: false } as const;

describe("entries", () => {
  test.each([
    "10.0.0.0/8",
    "10.1.2.3",
    "fd00::/8",
    "::1",
    "git.corp.example",
    "*.corp.example",
    "localhost",
    "workload=10.0.0.0/8",
    "login=*.corp.example",
    "GIT.corp.example",
  ])("%s is one", (text) => expect(isOpening(text)).toBe(true));

  test.each([
    "",
    "*",
    "*.",
    "10.0.0.0/99",
    "10.0.0",
    "300.1.1.1",
    "everything=10.0.0.0/8",
    "=10.0.0.0/8",
    "https://git.corp.example",
    "git.corp.example:443",
    "a b",
    "a.*.example",
  ])("%p is none", (text) => {
    expect(isOpening(text)).toBe(false);
    expect(() => allowance([text])).toThrow(TypeError);
  });
});

describe("what may be called", () => {
  test("is the public internet, when nothing is listed", () => {
    const { judge } = allowance([]);
    expect(judge("8.8.8.8", call)).toEqual({ address: "8.8.8.8", opened: false });
    expect(judge("10.0.0.1", call)).toBeUndefined();
    expect(judge("nonsense", call)).toBeUndefined();
  });

  test("is the one plain form of an address", () => {
    expect(allowance([]).judge("::ffff:8.8.8.8", call)?.address).toBe("8.8.8.8");
  });

  test("is a listed network, and only for its purpose", () => {
    const { judge } = allowance(["workload=10.0.0.0/8"]);
    expect(judge("10.0.0.1", call)).toEqual({ address: "10.0.0.1", opened: true });
    expect(judge("::ffff:10.0.0.1", call)).toEqual({ address: "10.0.0.1", opened: true });
    expect(judge("10.0.0.1", { ...call, purpose: "login" })).toBeUndefined();
    expect(judge("192.168.0.1", call)).toBeUndefined();
  });

  test("is wherever a listed name leads, and no name like it", () => {
    const { judge } = allowance(["git.corp.example", "*.in.example"]);
    expect(judge("10.0.0.1", call)?.opened).toBe(true);
    expect(judge("10.0.0.1", { ...call, host: "x.in.example" })?.opened).toBe(true);
    for (const host of [
      "xgit.corp.example",
      "in.example",
      "xin.example",
      "git.corp.example.evil",
    ]) {
      expect(judge("10.0.0.1", { ...call, host })).toBeUndefined();
    }
  });

  test("is never a cloud's metadata, unless that address is listed by itself", () => {
    const wide = allowance(["0.0.0.0/0", "169.254.0.0/16", "git.corp.example", "::/0"]);
    for (const address of ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"]) {
      expect(wide.judge(address, call)).toBeUndefined();
      expect(wide.judge(address, { ...call, internalAllowed: true })).toBeUndefined();
    }
    expect(allowance(["169.254.169.254"]).judge("169.254.169.254", call)?.opened).toBe(true);
  });

  test("is the inside, for what the operator configured", () => {
    expect(allowance([]).judge("10.0.0.1", { ...call, internalAllowed: true })?.opened).toBe(true);
  });
});

describe("without TLS", () => {
  test("only listed hosts are spoken to, and loopback where the operator configured it", () => {
    const { mayBePlain } = allowance(["10.0.0.0/8"]);
    const trusted = { ...call, internalAllowed: true };
    expect(mayBePlain(["10.0.0.1"], call)).toBe(true);
    expect(mayBePlain(["10.0.0.1", "8.8.8.8"], call)).toBe(false);
    expect(mayBePlain(["8.8.8.8"], trusted)).toBe(false);
    expect(mayBePlain(["192.168.0.1"], trusted)).toBe(false);
    expect(mayBePlain(["127.0.0.1", "::1"], trusted)).toBe(true);
    expect(mayBePlain(["127.0.0.1"], call)).toBe(false);
  });
});
