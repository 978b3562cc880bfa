/** What a client asks a token for, or what one allows: actions on one thing. */
export interface Scope {
  /** `repository`, `registry`. */
  readonly type: string;
  readonly name: string;
  /** Sorted, each once. */
  readonly actions: readonly string[];
}

/** So many scopes of one request are looked at (A63); a pull of many images asks for a handful. */
const MOST_SCOPES = 50;
const MOST_ACTIONS = 16;
const MOST_NAME = 320;
const MOST_WORD = 32;

/** What `*` stands for where the actions are known; skopeo deletes with `repository:x:*`. */
const ALL_OF_A_REPOSITORY = ["delete", "pull", "push"] as const;

function isWord(text: string, digits: boolean): boolean {
  if (text.length === 0 || text.length > MOST_WORD) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const isLetter = unit >= 0x61 && unit <= 0x7a;
    const isDigit = unit >= 0x30 && unit <= 0x39;
    if (!isLetter && !(digits && isDigit)) return false;
  }
  return true;
}

/** Visible ASCII: what stands in a name goes into headers and logs. */
function isName(text: string): boolean {
  if (text.length === 0 || text.length > MOST_NAME) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x21 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false;
  }
  return true;
}

/** `repository` and `repository(plugin)` are one type: the class is checked and left out. */
function readType(text: string): string | undefined {
  const open = text.indexOf("(");
  const type = open < 0 ? text : text.slice(0, open);
  if (!isWord(type, true)) return undefined;
  if (open < 0) return type;
  return text.endsWith(")") && isWord(text.slice(open + 1, -1), true) ? type : undefined;
}

function readActions(text: string, type: string): string[] | undefined {
  // Counted before it is split: a long list costs nothing.
  if (text.length > MOST_ACTIONS * (MOST_WORD + 1)) return undefined;
  const actions = new Set<string>();
  for (const action of text.split(",")) {
    if (action === "*" && type === "repository")
      for (const each of ALL_OF_A_REPOSITORY) actions.add(each);
    else if (action === "*" || isWord(action, false)) actions.add(action);
    else return undefined;
  }
  return actions.size > MOST_ACTIONS ? undefined : [...actions].sort();
}

/**
 * Reads `type[(class)]:name:action[,action]`. The name may hold `host:port/…`, so it lies between
 * the first and the last colon. Gives undefined for what has another form.
 */
export function parseScope(text: string): Scope | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first < 0 || last === first) return undefined;
  const type = readType(text.slice(0, first));
  const name = text.slice(first + 1, last);
  if (type === undefined || !isName(name)) return undefined;
  const actions = readActions(text.slice(last + 1), type);
  return actions === undefined ? undefined : { type, name, actions };
}

/**
 * Reads the values of all `scope` parameters, each of which may be a list with spaces. Asking for
 * too much yields less and is never an error: what has another form is left out, and so is what
 * comes after the first fifty. Scopes of one thing become one.
 */
export function parseScopes(values: readonly string[]): readonly Scope[] {
  const found = new Map<string, Scope>();
  for (const value of values) {
    for (const text of value.split(" ")) {
      const scope = text === "" ? undefined : parseScope(text);
      if (scope === undefined) continue;
      const key = `${scope.type}:${scope.name}`;
      const before = found.get(key);
      if (before !== undefined) found.set(key, joined(before, scope));
      else if (found.size < MOST_SCOPES) found.set(key, scope);
    }
  }
  return [...found.values()];
}

function joined(one: Scope, other: Scope): Scope {
  const actions = [...new Set([...one.actions, ...other.actions])].sort();
  // Every scope is bounded, and so is what many of them make.
  return { ...one, actions: actions.slice(0, MOST_ACTIONS) };
}

/** A scope as it is written on the wire. */
export function formatScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(",")}`;
}

/** Several scopes as one parameter: the list with spaces of RFC 6749 section 3.3. */
export function formatScopes(scopes: readonly Scope[]): string {
  return scopes.map(formatScope).join(" ");
}
