/** A JSON schema, as much of it as the OpenAPI document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

const SCALARS: Readonly<Record<string, string>> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
};

function propertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function union(types: readonly string[]): string {
  const all = [...new Set(types)];
  return all.includes("unknown") ? "unknown" : all.join(" | ");
}

function objectType(schema: JsonSchema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const names = Object.keys(properties);
  if (names.length === 0) {
    const isMap = typeof additionalProperties === "object";
    if (isMap) return `Readonly<Record<string, ${typeOf(additionalProperties, indent)}>>`;
    return `Readonly<Record<string, ${additionalProperties === false ? "never" : "unknown"}>>`;
  }
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, each]) => {
    const mark = required.includes(name) ? "" : "?";
    return `${inner}readonly ${propertyName(name)}${mark}: ${typeOf(each, inner)};`;
  });
  return `{\n${members.join("\n")}\n${indent}}`;
}

function ofOneType(type: string, schema: JsonSchema, indent: string): string {
  if (type === "array") {
    const item = schema.items === undefined ? "unknown" : typeOf(schema.items, indent);
    return `readonly ${/[|{]/.test(item) || item.startsWith("readonly ") ? `(${item})` : item}[]`;
  }
  if (type === "object") return objectType(schema, indent);
  return SCALARS[type] ?? "unknown";
}

/** The TypeScript type of what a schema lets through; `indent` is that of the line it begins on. */
export function typeOf(schema: JsonSchema, indent = ""): string {
  if (schema.$ref !== undefined) return `Schemas["${schema.$ref.split("/").at(-1)}"]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((each) => JSON.stringify(each)));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return union(choices.map((each) => typeOf(each, indent)));
  if (schema.allOf !== undefined) {
    // A named schema that may be null besides is written as both (OpenAPI 3.1 knows no other way).
    const parts = schema.allOf.filter(
      (each) => each.$ref !== undefined || Object.keys(each.properties ?? {}).length > 0,
    );
    const isNullable = schema.allOf.some((each) => [each.type].flat().includes("null"));
    const all = parts.map((each) => typeOf(each, indent)).join(" & ");
    return isNullable ? `(${all}) | null` : all;
  }
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return "unknown";
  return union(types.map((type) => ofOneType(type, schema, indent)));
}
