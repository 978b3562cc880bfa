import fc from "fast-check";

/** Which part of a sweep a sweeper does next. */
export type Part =
  | { readonly part: "repositories" | "manifests" | "links" | "blobs" | "copies" }
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
    }
  | Restoring;

/** What is done to the trash and by it; `which` counts what a name was deleted as, the last first. */
export type Restoring =
  | { readonly do: "restore" | "empty"; readonly repo: number; readonly pick: number }
  | { readonly do: "restore-tag"; readonly repo: number; readonly tag: number }
  | { readonly do: "delete-repository"; readonly repo: number }
  | {
      readonly do: "restore-repository" | "empty-repository";
      readonly repo: number;
      readonly which: number;
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
/** Picks one of all there are, whatever suits: the same in every step until another is made. */
const same = fc.constantFrom(3, 7, 11, 15);
const repo = fc.nat({ max: 1 });
const tag = fc.nat({ max: 2 });
const is = <T extends string>(value: T) => fc.constant(value);

const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ part: is("repositories") }) },
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

const restoring: fc.Arbitrary<Restoring> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: is("restore"), repo, pick }) },
  { weight: 1, arbitrary: fc.record({ do: is("empty"), repo, pick }) },
  { weight: 3, arbitrary: fc.record({ do: is("restore-tag"), repo, tag }) },
  { weight: 2, arbitrary: fc.record({ do: is("delete-repository"), repo }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: is("restore-repository"), repo, which: fc.nat({ max: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is("empty-repository"), repo, which: fc.nat({ max: 2 }) }),
  },
);

const wait: fc.Arbitrary<Step> = fc.record({
  kind: is("wait"),
  milliseconds: fc.constantFrom(200, 499, 501, 1_000, 1_500, 2_000),
});

const sweep = (part: "repositories" | "manifests" | "links"): Step => ({
  kind: "sweep",
  part: { part },
});

const alone = (write: Write): fc.Arbitrary<Step> =>
  fc.constant({ kind: "write", write, between: [] });

const untag = (repo: number, tag: number): Step => ({
  kind: "write",
  write: { do: "untag", repo, tag },
  between: [],
});

const step: fc.Arbitrary<Step> = fc.oneof(
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
    arbitrary: fc.record({ kind: is("write"), write: restoring, between: fc.constant([]) }),
  },
  {
    // One of these at a time: two answers that come at once do not tell which was first.
    weight: 2,
    arbitrary: fc.record({ kind: is("both"), writes: fc.tuple(restoring), part }),
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
  { weight: 5, arbitrary: wait },
);

/** What is done around one manifest that goes to the trash: mostly there and back. */
const around = ({ repo, pick, tag }: { repo: number; pick: number; tag: number }) =>
  fc.array(
    fc.oneof(
      { weight: 3, arbitrary: alone({ do: "restore", repo, pick }) },
      { weight: 1, arbitrary: alone({ do: "restore-tag", repo, tag }) },
      { weight: 1, arbitrary: alone({ do: "delete", repo, pick }) },
      { weight: 1, arbitrary: alone({ do: "again", repo, pick, tag: 0 }) },
      { weight: 2, arbitrary: alone({ do: "unlink", repo, pick, force: true }) },
      { weight: 3, arbitrary: fc.constantFrom<Step>(sweep("manifests"), sweep("links")) },
      { weight: 3, arbitrary: wait },
    ),
    { maxLength: 3 },
  );

const artifact = fc
  .record({ repo, pick: same, tag: fc.constantFrom(0, 0, 1) })
  .chain(({ repo, pick, tag }) =>
    fc.tuple(
      alone({ do: "again", repo, pick, tag }),
      fc.subarray([untag(repo, 1), untag(repo, 2)]),
      alone({ do: "delete", repo, pick }),
      wait,
      around({ repo, pick, tag }),
      alone({ do: "restore", repo, pick }),
      wait,
      around({ repo, pick, tag }),
      fc.constant(sweep("manifests")),
    ),
  )
  .map((phrase) => phrase.flat());

/** What is done around a repository that goes to the trash. */
const repository = repo
  .chain((at) =>
    fc.tuple(
      alone({ do: "delete-repository", repo: at }),
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: alone({ do: "restore-repository", repo: at, which: 0 }) },
          { weight: 1, arbitrary: alone({ do: "empty-repository", repo: at, which: 0 }) },
          { weight: 1, arbitrary: alone({ do: "delete-repository", repo: at }) },
          { weight: 3, arbitrary: fc.constantFrom(sweep("repositories"), sweep("manifests")) },
          { weight: 3, arbitrary: wait },
        ),
        { minLength: 3, maxLength: 7 },
      ),
    ),
  )
  .map(([deleted, rest]): Step[] => [deleted, ...rest]);

/** A history: steps as they come, and now and then several around one thing. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: step.map((each) => [each]) },
      { weight: 2, arbitrary: artifact },
      { weight: 1, arbitrary: repository },
    ),
    { minLength: 25, maxLength: 60 },
  )
  .map((phrases) => phrases.flat());
