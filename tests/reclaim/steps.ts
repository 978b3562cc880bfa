import fc from "fast-check";

/** Which part of a sweep a sweeper does next. */
export type Part =
  | { readonly part: "manifests" | "links" | "blobs" | "copies" }
  /** The stage of blobs by its crash points, each sweeper with what it has in its hands. */
  | { readonly part: "take" | "remove" | "forget" | "die"; readonly sweeper: number };

/** What one step of a random history does; numbers choose among what exists by then. */
export type Write =
  | { readonly do: "blob"; readonly repo: number; readonly text: number }
  | { readonly do: "head"; readonly repo: number; readonly pick: number }
  | { readonly do: "mount"; readonly repo: number; readonly pick: number; readonly named: boolean }
  | {
      readonly do: "image";
      readonly repo: number;
      readonly picks: readonly number[];
      readonly tag: number;
    }
  | { readonly do: "index"; readonly repo: number; readonly pick: number; readonly tag: number }
  | { readonly do: "referrer"; readonly repo: number; readonly pick: number; readonly blob: number }
  | { readonly do: "again"; readonly repo: number; readonly pick: number; readonly tag: number }
  | { readonly do: "tag"; readonly repo: number; readonly pick: number; readonly tag: number }
  | { readonly do: "untag"; readonly repo: number; readonly tag: number }
  | { readonly do: "delete"; readonly repo: number; readonly pick: number }
  | {
      readonly do: "unlink";
      readonly repo: number;
      readonly pick: number;
      readonly force: boolean;
    };

/** A stamp on a row that something holds. */
export interface Stray {
  readonly kind: "stray";
  readonly on: "manifests" | "repository_blobs" | "blobs";
  readonly repo: number;
  readonly pick: number;
}

export type Step =
  | Stray
  | { readonly kind: "write"; readonly write: Write; readonly between: readonly Part[] }
  | { readonly kind: "sweep"; readonly part: Part }
  | { readonly kind: "both"; readonly writes: readonly Write[]; readonly part: Part }
  | { readonly kind: "wait"; readonly milliseconds: number };

const pick = fc.nat({ max: 9 });
const repo = fc.nat({ max: 1 });
const tag = fc.nat({ max: 2 });
const is = <T extends string>(value: T) => fc.constant(value);

const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ part: is("manifests") }) },
  { weight: 3, arbitrary: fc.record({ part: is("links") }) },
  { weight: 2, arbitrary: fc.record({ part: is("blobs") }) },
  { weight: 1, arbitrary: fc.record({ part: is("copies") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      part: fc.constantFrom("take", "remove", "forget", "die"),
      sweeper: fc.nat({ max: 1 }),
    }),
  },
);

const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: is("blob"), repo, text: fc.nat({ max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: is("head"), repo, pick }) },
  { weight: 2, arbitrary: fc.record({ do: is("mount"), repo, pick, named: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is("image"),
      repo,
      picks: fc.array(pick, { minLength: 1, maxLength: 3 }),
      tag,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is("index"), repo, pick, tag }) },
  { weight: 2, arbitrary: fc.record({ do: is("referrer"), repo, pick, blob: pick }) },
  { weight: 3, arbitrary: fc.record({ do: is("again"), repo, pick, tag }) },
  { weight: 2, arbitrary: fc.record({ do: is("tag"), repo, pick, tag }) },
  { weight: 2, arbitrary: fc.record({ do: is("untag"), repo, tag }) },
  { weight: 2, arbitrary: fc.record({ do: is("delete"), repo, pick }) },
  { weight: 1, arbitrary: fc.record({ do: is("unlink"), repo, pick, force: fc.boolean() }) },
);

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: is("write"),
      write,
      between: fc.array(part, { maxLength: 3 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: is("sweep"), part }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: is("both"),
      writes: fc.array(write, { minLength: 1, maxLength: 3 }),
      part,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: is("stray"),
      on: fc.constantFrom("manifests", "repository_blobs", "blobs"),
      repo,
      pick,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: is("wait"),
      milliseconds: fc.constantFrom(200, 499, 501, 1_000, 1_500, 2_000),
    }),
  },
);
