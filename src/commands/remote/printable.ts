import { Document, visit } from "yaml";

/**
 * What a terminal would obey or hide instead of showing: controls (escape sequences begin with
 * one), line breaks, and marks that turn the direction of text.
 */
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** The same but for what lays JSON out in lines: inside its texts that is escaped already. */
const OBEYED_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text from elsewhere on one line, with nothing in it that a terminal obeys. */
export function printable(text: string): string {
  return text.toWellFormed().replace(OBEYED, escaped);
}

/** A piece of a text of several lines, with nothing else in it that a terminal obeys. */
export function printableLines(text: string): string {
  return text.replace(OBEYED, (found, at) => {
    const isEnd = found === "\n" || (found === "\r" && text[at + 1] === "\n");
    return isEnd || found === "\t" ? found : escaped(found);
  });
}

/** JSON for people and programs: what a terminal would obey is escaped, which means the same. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED_IN_JSON, escaped)}\n`;
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(OBEYED_IN_JSON, escaped)}\n`;
}

/** YAML that readers of its version 1.1 take for the same; escaped as JSON is. */
export function yamlText(value: unknown): string {
  // Through JSON, so that both formats leave out the same and no object is written as an alias.
  const document = new Document(JSON.parse(JSON.stringify(value)), { compat: "yaml-1.1" });
  visit(document, {
    Scalar(_, node) {
      // Only between double quotes an escape is one.
      if (typeof node.value !== "string") return;
      node.value = node.value.toWellFormed();
      if (String(node.value).search(OBEYED) >= 0) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 }).replace(OBEYED_IN_JSON, escaped);
}
