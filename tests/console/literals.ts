/** Attributes that are read out or shown. */
const SHOWN =
  /(?:^|[\s{])"?(aria-label|alt|description|label|placeholder|title)"?: "([^"]*\p{L}[^"]*)"/gmu;

const transpiler = new Bun.Transpiler({
  loader: "tsx",
  tsconfig: {
    compilerOptions: { jsx: "react", jsxFactory: "element", jsxFragmentFactory: "fragment" },
  },
});

/** An opened bracket: of the call that makes an element, with the argument that is read, or another. */
interface Open {
  readonly isElement: boolean;
  argument: number;
}

/** Texts, regular expressions, brackets and commas of the transpiled code; comments are gone there. */
const TOKENS =
  /"(?:[^"\\]|\\.)*"|(?<=[(,=:!&|?]\s*)\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*|element\(|[([{`)\]},]/g;

/** Words that stand in TSX itself, between tags or in attributes, and so in one language only. */
export function literals(tsx: string): string[] {
  // What is inside of a template is put together: names and commands, no sentences.
  const code = transpiler.transformSync(tsx).replace(/`(?:[^`\\]|\\.)*`/g, "TEMPLATE");
  const found = [...code.matchAll(SHOWN)].map(([, , words = ""]) => words);
  const open: Open[] = [];
  for (const { 0: token, index } of code.matchAll(TOKENS)) {
    const top = open.at(-1);
    if (token.startsWith("/")) continue;
    if (token.startsWith('"')) {
      // The first argument is the tag, the second its attributes; children follow.
      const isChild = top?.isElement === true && top.argument >= 2;
      const isCompared = /[!=]==? $/.test(code.slice(Math.max(0, index - 5), index));
      if (isChild && !isCompared && /\p{L}/u.test(token)) found.push(JSON.parse(token).trim());
    } else if (token === ",") {
      if (top !== undefined) top.argument += 1;
    } else if (/[([{]$/.test(token)) {
      open.push({ isElement: token === "element(", argument: 0 });
    } else open.pop();
  }
  if (open.length > 0) throw new Error("the brackets do not match");
  return found;
}
