import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Register, type Value } from "./registers.ts";

describe("a register that is written and read concurrently", () => {
  test("a read returns the last acknowledged value", () => {
    const register = new Register(undefined, 0);
    register.acknowledge(register.begin("a", 1), 2);
    expect(register.read("a", 3, 4)).toBeUndefined();
    expect(register.read(undefined, 5, 6)).toContain("read nothing");
    expect(register.read("b", 7, 8)).toContain("read b");
  });

  test("while a write is under way, the old and the new value may be read", () => {
    const register = new Register("old", 0);
    register.begin("new", 1);
    expect(register.possible(2, 3)).toEqual(["old", "new"]);
  });

  test("once the new value was read, the old one may not come back", () => {
    const register = new Register("old", 0);
    register.begin("new", 1);
    expect(register.read("old", 2, 3)).toBeUndefined();
    expect(register.read("new", 4, 5)).toBeUndefined();
    expect(register.read("old", 6, 7)).toContain("read old");
  });

  test("of two overlapping writes either may be last, and the first read decides", () => {
    const register = new Register(undefined, 0);
    const a = register.begin("a", 1);
    const b = register.begin("b", 2);
    register.acknowledge(a, 3);
    register.acknowledge(b, 4);
    expect(register.possible(5, 6)).toEqual(["a", "b"]);
    expect(register.settled(6)).toBeUndefined();
  });

  test("a refused write is never read; a doubtful one may be, until one after it holds", () => {
    const register = new Register(undefined, 0);
    register.refuse(register.begin("refused", 1));
    expect(register.possible(2, 3)).toEqual([undefined]);
    register.doubt(register.begin("doubtful", 4), 5);
    expect(register.possible(6, 7)).toEqual([undefined, "doubtful"]);
    register.acknowledge(register.begin("sure", 8), 9);
    expect(register.possible(10, 11)).toEqual(["sure"]);
    expect(register.settled(12)).toEqual({ value: "sure" });
  });

  test("a read that began before a value was replaced may still return it", () => {
    const register = new Register("old", 0);
    register.acknowledge(register.begin("new", 2), 3);
    expect(register.read("old", 1, 4)).toBeUndefined();
  });

  test("pruning keeps what may still be read", () => {
    const register = new Register("old", 0);
    register.doubt(register.begin("new", 1), 2);
    register.prune(3);
    expect(register.possible(4, 5)).toEqual(["old", "new"]);
    expect(register.read("new", 6, 7)).toBeUndefined();
    register.prune(8);
    expect(register.settled(9)).toEqual({ value: "new" });
  });

  test("an atomic register is never accused, whatever the overlap of its clients", () => {
    // Each operation takes effect at one moment between its request and its answer: the model of
    // a registry that does everything right, with lost answers among them.
    const operation = fc.record({
      write: fc.boolean(),
      value: fc.constantFrom<Value>("a", "b", "c", undefined),
      start: fc.nat(60),
      wait: fc.nat(15),
      reply: fc.nat(15),
      lost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
        const register = new Register(undefined, -1);
        let truth: Value;
        const events = operations.flatMap((one, index) => {
          const order = index / 100;
          const state: { write?: ReturnType<Register["begin"]>; saw?: Value } = {};
          const effect = one.start + one.wait + 0.3 + order;
          const from = one.start + order;
          const to = one.start + one.wait + one.reply + 0.6 + order;
          return [
            {
              at: from,
              run: () => {
                if (one.write) state.write = register.begin(one.value, from);
              },
            },
            {
              at: effect,
              run: () => {
                if (one.write) truth = one.value;
                else if (truth !== undefined) state.saw = truth;
              },
            },
            {
              at: to,
              run: () => {
                if (state.write && !one.lost) register.acknowledge(state.write, to);
                else if (state.write) register.doubt(state.write, to);
                else expect(register.read(state.saw, from, to)).toBeUndefined();
              },
            },
          ];
        });
        for (const event of events.sort((a, b) => a.at - b.at)) event.run();
      }),
      { numRuns: 2_000 },
    );
  });
});
