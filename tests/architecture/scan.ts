import { SyntaxKind } from "typescript/unstable/ast";
import { computeLineStarts, createScanner } from "typescript/unstable/ast/scanner";

export interface Located {
  readonly name: string;
  readonly line: number;
}

export interface Import extends Located {
  /** Whether it is written `import type`: nothing of it is there at run time. */
  readonly isType: boolean;
}

/** What the rules of the house need to know of a source file. */
export interface SourceFacts {
  /** Every module that is imported or re-exported, types included, by its specifier. */
  readonly imports: readonly Import[];
  /** Uses of globals that only some rooms may touch: `Bun.x`, `new Response`, `process.env` … */
  readonly globals: readonly Located[];
  readonly defaultExports: readonly Located[];
  /** Whether the file does nothing but re-export. */
  readonly isBarrel: boolean;
  readonly lines: number;
}

interface Token {
  readonly kind: SyntaxKind;
  readonly text: string;
  readonly value: string;
  readonly start: number;
}

/** After these a slash begins a regular expression, although they look like names. */
const BEFORE_REGEX = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "delete",
  "void",
  "throw",
  "new",
  "instanceof",
  "else",
  "do",
  "await",
  "yield",
  "extends",
  "default",
]);
const WATCHED_RESPONSE = new Set(["json", "error", "redirect"]);
const WATCHED_PROCESS = new Set(["env", "argv", "exit", "exitCode", "execArgv"]);

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (/^[\p{ID_Start}$_#]/u.test(token.text)) return !BEFORE_REGEX.has(token.text);
  return (
    /^(?:[)\]}]|\+\+|--)$/.test(token.text) || /^["'`\d/]/.test(token.text) || isTemplateEnd(token)
  );
}

function isTemplateEnd(token: Token): boolean {
  return (
    token.kind === SyntaxKind.TemplateTail ||
    token.kind === SyntaxKind.NoSubstitutionTemplateLiteral
  );
}

/** The tokens of a TypeScript text, by TypeScript's own scanner. */
function tokenize(source: string): Token[] {
  const scanner = createScanner(true, undefined, source);
  const tokens: Token[] = [];
  // How many braces are open inside each `${` that is open.
  const templates: number[] = [];
  for (;;) {
    let kind = scanner.scan();
    if (kind === SyntaxKind.EndOfFile) return tokens;
    const isSlash = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken;
    if (isSlash && !endsOperand(tokens.at(-1))) kind = scanner.reScanSlashToken();
    const open = templates.at(-1);
    if (kind === SyntaxKind.TemplateHead) templates.push(0);
    else if (open !== undefined && kind === SyntaxKind.OpenBraceToken) {
      templates[templates.length - 1] = open + 1;
    } else if (open !== undefined && kind === SyntaxKind.CloseBraceToken) {
      if (open > 0) templates[templates.length - 1] = open - 1;
      else {
        kind = scanner.reScanTemplateToken(false);
        if (kind === SyntaxKind.TemplateTail) templates.pop();
      }
    }
    tokens.push({
      kind,
      text: scanner.getTokenText(),
      value: scanner.getTokenValue(),
      start: scanner.getTokenStart(),
    });
  }
}

/** The index of the module's string in an import or re-export that starts at `at`, if it is one. */
function moduleOf(tokens: readonly Token[], at: number): number | undefined {
  const isString = (index: number) => tokens[index]?.kind === SyntaxKind.StringLiteral;
  const text = (index: number) => tokens[index]?.text;
  if (text(at - 1) === "." || text(at - 1) === "?.") return undefined;
  if (text(at) === "import") {
    if (text(at + 1) === "(") return isString(at + 2) ? at + 2 : undefined;
    if (isString(at + 1)) return at + 1;
  } else if (text(at) !== "export") return undefined;
  // The clause holds names, `type`, `as`, `*`, commas and braces, and nothing else.
  let index = at + 1;
  while (/^(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|[*,{}]|["'].*)$/u.test(text(index) ?? "")) {
    if (text(index) === "from" && isString(index + 1)) return index + 1;
    index += 1;
  }
  return undefined;
}

/** Reads the facts of one file. */
export function scan(source: string): SourceFacts {
  const tokens = tokenize(source);
  const starts = computeLineStarts(source);
  const located = (name: string, token: Token): Located => ({
    name,
    line: starts.findLastIndex((start) => start <= token.start) + 1,
  });
  const imports: Import[] = [];
  const globals: Located[] = [];
  const defaultExports: Located[] = [];
  let reexports = 0;
  let rest = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const [before, token, next, then] = [
      tokens[at - 1],
      tokens[at],
      tokens[at + 1],
      tokens[at + 2],
    ];
    if (token === undefined) continue;
    const module = moduleOf(tokens, at);
    if (module !== undefined) {
      const string = tokens[module];
      if (string !== undefined) {
        // `import type X from` is one; `import type from` takes a default called `type`.
        const isType = next?.text === "type" && then?.text !== "from" && then?.text !== ",";
        imports.push({ ...located(string.value, string), isType });
      }
      // What stands between the braces of a clause is no use of a global.
      if (next?.text !== "(") {
        if (token.text === "export") reexports += 1;
        at = module;
        if (tokens[at + 1]?.text === ";") at += 1;
        continue;
      }
    }
    rest += 1;
    if (token.text === "export" && next?.text === "default") {
      defaultExports.push(located("default", token));
    }
    if (before?.text === "." || before?.text === "?.") continue;
    const isMember = next?.text === "." || next?.text === "?.";
    if (token.text === "Bun" && (isMember || next?.text === "[")) {
      globals.push(located(`Bun.${then?.text ?? ""}`, token));
    }
    if (token.text === "process" && isMember && WATCHED_PROCESS.has(then?.text ?? "")) {
      globals.push(located(`process.${then?.text}`, token));
    }
    const makesResponse =
      token.text === "Response" &&
      (before?.text === "new" || (isMember && WATCHED_RESPONSE.has(then?.text ?? "")));
    if (makesResponse) globals.push(located("Response", token));
  }
  return {
    imports,
    globals,
    defaultExports,
    isBarrel: reexports > 0 && rest === 0,
    lines: source.split("\n").length - (source.endsWith("\n") ? 1 : 0),
  };
}
