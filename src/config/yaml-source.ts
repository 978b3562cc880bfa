import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { configSections, spellings } from "./keys.ts";
import type { Problem } from "./problems.ts";
import { suggest } from "./suggest.ts";

/** A value as it was given, under the name it was given. */
export interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly origin: string;
}

const sectionNames = new Set(configSections.map((each) => each.name));

/** Reads a YAML text into what it gives for each key, and into what is wrong with it. */
export function readYaml(text: string, fileName: string, problems: Problem[]): Given[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined) =>
    offset === undefined ? fileName : `${fileName}:${lines.linePos(offset).line}`;
  for (const error of document.errors) {
    problems.push({
      key: "",
      origin: at(error.pos[0]),
      en: `not valid YAML: ${error.message}`,
      zh: `YAML 无效：${error.message}`,
    });
  }
  if (document.errors.length > 0) return [];

  const given: Given[] = [];
  const walk = (node: Node | null, prefix: string) => {
    if (node === null || (isScalar(node) && node.value === null)) return;
    const origin = at(node.range?.[0]);
    if (!isMap(node)) {
      problems.push({
        key: prefix,
        origin,
        en: "holds keys of its own, not a value",
        zh: "应包含下级键，而不是一个值",
      });
      return;
    }
    for (const pair of node.items) {
      const word = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const name = prefix === "" ? word : `${prefix}.${word}`;
      const place = at((pair.key as Node).range?.[0]);
      const value = pair.value as Node | null;
      if (sectionNames.has(name)) {
        walk(value, name);
      } else if (!spellings.has(name)) {
        problems.push(unknownKey(name, place, [...spellings.keys(), ...sectionNames]));
      } else if (value !== null && !(isScalar(value) && value.value === null)) {
        given.push({ name, value: plain(value), origin: place });
      }
    }
  };
  walk(document.contents, "");
  return given;
}

/** A problem that names an unknown key and, if one is near, the key that was meant. */
export function unknownKey(name: string, origin: string, known: Iterable<string>): Problem {
  const meant = suggest(name, known);
  return {
    key: name,
    origin,
    en: `there is no such key${meant === undefined ? "" : `; did you mean \`${meant}\`?`}`,
    zh: `没有这个键${meant === undefined ? "" : `；您是否想写 \`${meant}\`？`}`,
  };
}

function plain(node: Node): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plain(item as Node));
  // A list may hold maps, such as login providers; any other kind of key refuses them by name.
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        String(isScalar(key) ? key.value : key),
        value === null ? null : plain(value as Node),
      ]),
    );
  }
  return isAlias(node) ? `*${node.source}` : {};
}
