import { join } from "node:path";

/** A JSON schema, as much of it as the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly schema: Schema;
}

export interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly "x-summary-zh": string;
  readonly "x-action": string;
  readonly "x-step-up"?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, Content>> }>>;
}

export interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** One thing that `/api/v1` can be asked to do. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Below `/api/v1`, with `{parameters}`. */
  readonly path: string;
  /** The path with the query that it cannot do without, as `fill` takes it. */
  readonly asked: string;
  readonly action: string;
  readonly tag: string;
  readonly params: readonly Parameter[];
  readonly query: readonly Parameter[];
  readonly headers: readonly string[];
  readonly body: Schema | undefined;
  /** Status when it goes well. */
  readonly status: number;
  readonly described: Described;
}

const PREFIX = "/api/v1";

/** Values of queries that an operation cannot do without. */
const QUERY: Readonly<Record<string, string>> = {
  path: "/etc/hello",
  from: "{reference}",
  to: "{digest}",
  q: "web",
};

function withQuery(path: string, given: readonly Parameter[]): string {
  const needed = given.filter((each) => each.in === "query" && each.required === true);
  const pairs = needed.map(({ name }) => `${name}=${QUERY[name] ?? ""}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

export const DOCUMENT_FILE = join(import.meta.dir, "../../docs/reference/openapi.json");

/** The copy that is checked in: what tests are made of while they are declared. */
export const document: Document = await Bun.file(DOCUMENT_FILE).json();

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const given = described.parameters ?? [];
      const [status = "200"] = Object.keys(described.responses);
      return {
        id: described.operationId,
        method: method.toUpperCase(),
        path: path.slice(PREFIX.length),
        asked: withQuery(path.slice(PREFIX.length), given),
        action: described["x-action"],
        tag: described.tags[0] ?? "",
        params: given.filter((each) => each.in === "path"),
        query: given.filter((each) => each.in === "query"),
        headers: given.filter((each) => each.in === "header").map(({ name }) => name),
        body: described.requestBody?.content["application/json"]?.schema,
        status: Number(status),
        described,
      };
    }),
  );
}

export const operations: readonly Operation[] = operationsOf(document);

/** A path with its parameters filled in. Fails on one that nobody gave a value for. */
export function fill(path: string, values: Readonly<Record<string, string | undefined>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path}: no value for ${name}`);
    return encodeURIComponent(value);
  });
}

export function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name === undefined) return schema;
  const found = document.components.schemas[name];
  if (found === undefined) throw new Error(`the document has no schema ${name}`);
  return found;
}
