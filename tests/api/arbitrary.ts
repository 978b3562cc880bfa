import fc from "fast-check";
import { resolve, type Schema } from "./operations.ts";

const FEW = 3;
const LONG = 40;

/** Texts that have broken programs before. */
const HOSTILE_TEXTS = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "a\udfff",
  "\u202eabc",
  "\r\nset-cookie: a=b",
  "..",
  "../../etc/passwd",
  "%00",
  "' or 1=1 --",
  "%' escape '",
  "*)(uid=*",
  "#{7*7}",
  "__proto__",
  "constructor",
  "toString",
  "NaN",
  "1e999",
  "(((((((((((((((((((((",
  "[".repeat(400),
  "a".repeat(100_000),
  "é".repeat(300),
  "\ufffe",
  "0".repeat(26),
];

const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary", maxLength: LONG }),
);

/** The same, short enough for a request line. */
export const hostilePart = hostileText.map((text) => text.slice(0, 1_000).toWellFormed());

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Values of the wrong type, size or kind. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown[]>(
    null,
    true,
    0,
    -1,
    0.5,
    -0,
    2 ** 53,
    1e308,
    [],
    {},
    [[]],
    nested(200),
    Array.from({ length: 2_000 }, (_, at) => at),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

function textOf({ pattern, minLength = 0, maxLength = LONG }: Schema): fc.Arbitrary<unknown> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const most = Math.max(minLength, Math.min(maxLength, LONG));
  const plain = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}[a-z0-9]$/);
  return fc.oneof(plain, fc.string({ unit: "binary", minLength, maxLength: most }));
}

function ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number": {
      const { minimum = -1_000, maximum = Number.MAX_SAFE_INTEGER } = schema;
      return fc.integer({ min: minimum, max: maximum });
    }
    case "string":
      return textOf(schema);
    case "array": {
      const { items = {}, minItems = 0 } = schema;
      return fc.array(fitting(items), { minLength: minItems, maxLength: minItems + FEW });
    }
    case "object":
      return objectOf(schema);
    default:
      throw new Error(`the document has the unknown type ${type}`);
  }
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const { properties, required = [] } = schema;
  if (properties === undefined) return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }));
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, each] of Object.entries(properties)) members[name] = fitting(each);
  return fc.record(members, { requiredKeys: [...required] });
}

/** Values that a schema allows. */
export function fitting(given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(given);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map(fitting));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === undefined) return fc.jsonValue({ maxDepth: 2 });
  return fc.oneof(...[schema.type].flat().map((type) => ofType(type, schema)));
}

/** A copy of an object with one member more, which is its own whatever the name. */
export function withMember(value: object, name: string, member: unknown): object {
  const copy = { ...value };
  Object.defineProperty(copy, name, { value: member, enumerable: true, configurable: true });
  return copy;
}

const NAMES = ["__proto__", "constructor", "prototype", "administrator", "id", "", "toJSON", "a.b"];

/** Values that a schema allows, and such with something wrong in them. */
export function nearly(schema: Schema): fc.Arbitrary<unknown> {
  const good = fitting(schema);
  const names = Object.keys(resolve(schema).properties ?? {});
  const name = fc.constantFrom(...names, ...NAMES);
  const twisted = fc
    .tuple(good, name, hostileValue)
    .map(([value, member, bad]) =>
      typeof value === "object" && value !== null ? withMember(value, member, bad) : bad,
    );
  return fc.oneof({ weight: 2, arbitrary: good }, { weight: 3, arbitrary: twisted }, hostileValue);
}
