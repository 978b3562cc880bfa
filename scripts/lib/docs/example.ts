import type { JsonSchema } from "./schema-types.ts";

interface Described extends JsonSchema {
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly pattern?: string;
}

/** What a member is usually called when its schema gives no example. */
const NAMED: Readonly<Record<string, unknown>> = {
  name: "team",
  project: "team",
  repository: "web/api",
  reference: "1.4.2",
  tag: "1.4.2",
  from: "1.4.1",
  to: "1.4.2",
  q: "nginx",
  path: "/etc",
  email: "ada@example.com",
  displayName: "Ada",
  password: "correct horse battery staple",
  description: "what it is for",
  digest: `sha256:${"0".repeat(64)}`,
  role: "developer",
  provider: "local",
};

/** A value that a schema lets through, for people to read; `name` is what it is called. */
export function exampleOf(
  schema: Described,
  name: string,
  named: (reference: string) => JsonSchema,
): unknown {
  if (schema.$ref !== undefined) {
    return exampleOf(named(schema.$ref.split("/").at(-1) ?? ""), name, named);
  }
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [];
  if (first !== undefined) return exampleOf(first, name, named);
  const type = [schema.type ?? "string"].flat()[0];
  switch (type) {
    case "object":
      return exampleObject(schema, named);
    case "array":
      return schema.items === undefined ? [] : [exampleOf(schema.items, singular(name), named)];
    case "boolean":
      return schema.default ?? true;
    case "integer":
    case "number":
      return schema.default ?? schema.minimum ?? 1;
    default:
      return (
        schema.default ??
        NAMED[name] ??
        (/Id$|^id$/.test(name) ? "01kn3rv1t8h7yqk9w2m4c6x0za" : name)
      );
  }
}

/** What is required; where nothing is, the first that may be given. */
function exampleObject(schema: JsonSchema, named: (reference: string) => JsonSchema): object {
  const { properties = {}, required = [] } = schema;
  const wanted = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  return Object.fromEntries(
    wanted.flatMap((name) => {
      const each = properties[name];
      return each === undefined ? [] : [[name, exampleOf(each, name, named)]];
    }),
  );
}

function singular(name: string): string {
  return name.replace(/ies$/, "y").replace(/s$/, "");
}
