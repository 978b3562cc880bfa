import type { Command } from "commander";
import type { Method, RestRequest } from "../../client/rest.ts";
import { misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { printable } from "./printable.ts";
import type { Remote } from "./remote.ts";
import { addVerb } from "./verb.ts";

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

interface Flags {
  readonly field?: readonly string[];
  readonly input?: string;
  readonly ifMatch?: string;
  readonly paginate?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** `name=text`, or `name:=JSON` for what is no text. Throws `Complaint`. */
export function fieldsOf(given: readonly string[]): Fields {
  const fields: [string, unknown][] = given.map((each) => {
    const [, name = "", sign, value = ""] = /^([^=:]+)(:?=)(.*)$/s.exec(each) ?? [];
    if (sign === "=") return [name, value];
    try {
      if (sign === ":=") return [name, JSON.parse(value)];
    } catch {
      // Told below, like all that is no field.
    }
    throw misuse(
      `${printable(each)} is no field: write name=text or name:=JSON`,
      `${printable(each)} 不是有效字段：请写成 名称=文本 或 名称:=JSON`,
    );
  });
  return Object.fromEntries(fields);
}

/** A path below `/api/v1`, which it may begin with, and what is asked in it. Throws `Complaint`. */
export function targetOf(text: string): { readonly path: string; readonly query: Fields } {
  const [, path = "", asked = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(text) ?? [];
  const below = path.replace(/^\/?(?:api\/v1(?=\/|$))?\/?/, "/");
  // Resolved away before anybody looks at them, however they are spelt.
  const isAway = below.split("/").some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
  if (isAway || /[\s\\]/.test(below)) {
    throw misuse(
      `${printable(text)} is no path below /api/v1`,
      `${printable(text)} 不是 /api/v1 之下的路径`,
    );
  }
  return { path: below, query: Object.fromEntries(new URLSearchParams(asked)) };
}

function queryOf(fields: Fields): NonNullable<RestRequest["query"]> {
  const texts = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts);
}

async function inputOf(remote: Remote, file: string): Promise<unknown> {
  const text = await remote.inputs.text(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw misuse(`${file} is not JSON: ${why}`, `${file} 不是 JSON：${why}`);
  }
}

/** The number that `version` has in what was read. Throws `Complaint`. */
function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw misuse(`${printable(text)} is no version`, `${printable(text)} 不是版本号`);
}

async function requestOf(
  remote: Remote,
  method: Method,
  asked: Fields,
  { field = [], input, ifMatch }: Flags,
): Promise<RestRequest> {
  const fields = fieldsOf(field);
  const version = versionOf(ifMatch);
  const hasBody = method !== "GET" && method !== "DELETE";
  if (input === undefined) {
    const query = queryOf(hasBody ? asked : { ...asked, ...fields });
    return { query, version, body: hasBody && field.length > 0 ? fields : undefined };
  }
  if (!hasBody) throw misuse(`${method} takes no --input`, `${method} 不接受 --input`);
  if (field.length > 0) {
    throw misuse("give either --field or --input", "--field 与 --input 只能二选一");
  }
  return { query: queryOf(asked), version, body: await inputOf(remote, input) };
}

/** Hangs in `entrepot api`: whatever no verb is there for. */
export function addApi(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "api <method> <path>",
    choices: [METHODS],
    words: {
      en: "send a request to the REST API; answers are printed as JSON or as they come",
      zh: "向 REST API 发送请求；应答以 JSON 或原样输出",
    },
    example: [
      "entrepot api GET /projects/team/repositories --paginate",
      "entrepot api POST /projects --field name=team --field public:=true",
      "entrepot api PUT /me/password --input - < change.json",
    ],
    options: [
      {
        flags: "--field <name=value...>",
        words: {
          en: "a member of the body, of the query for GET and DELETE; name:=value is JSON and no text",
          zh: "请求体成员（GET 与 DELETE 时为查询参数）；名称:=值 表示值为 JSON 而非文本",
        },
      },
      {
        flags: "--input <file>",
        words: {
          en: "the body, as JSON; `-` for standard input",
          zh: "JSON 请求体；`-` 表示标准输入",
        },
      },
      {
        flags: "--if-match <version>",
        words: {
          en: "only while it still is of this version",
          zh: "仅当对象仍为此版本时执行",
        },
      },
      {
        flags: "--paginate",
        words: { en: "all pages of a list, as one", zh: "读取列表的全部分页并合并" },
      },
    ],
    async run(remote, [given = "", text = ""], flags) {
      const method = METHODS.find((each) => each === given) ?? "GET";
      const { path, query: asked } = targetOf(text);
      const request = await requestOf(remote, method, asked, flags);
      if (flags.paginate === true) {
        if (method !== "GET") {
          throw misuse("only lists have pages: GET", "只有列表（GET）才有分页");
        }
        const items = await Array.fromAsync(remote.rest.list(path, request.query));
        return await remote.print(remote.dataText({ items }));
      }
      const answer = await remote.rest.raw(method, path, request);
      if (answer.isJson) await remote.print(remote.dataText(answer.body));
      else await remote.pour(answer.pieces);
    },
  });
}
