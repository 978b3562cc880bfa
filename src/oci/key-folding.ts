const ASCII = /^[\x00-\x7f]*$/;

/** U+0131 has the capital `I`, but no fold in Unicode's simple case folding. */
const DOTLESS_I = "ı";

/** One code point to one code point; mappings that would grow it ("ß" → "SS") do not count as simple. */
function single(mapped: string, original: string): string {
  const point = mapped.codePointAt(0) ?? 0;
  return mapped.length === (point > 0xffff ? 2 : 1) ? mapped : original;
}

function foldSign(sign: string): string {
  if (sign === DOTLESS_I) return sign;
  const upper = single(sign.toUpperCase(), sign);
  return single(upper.toLowerCase(), upper);
}

/**
 * Folds a key as Go's encoding/json compares names when no field is spelled exactly so: Unicode's
 * simple case folding, by which `ſize` (U+017F) means `size` and U+212A means `k`.
 * Two keys are one to such a reader exactly when their folded forms are equal.
 */
export function foldKey(key: string): string {
  if (ASCII.test(key)) return key.toLowerCase();
  let folded = "";
  // Lone surrogates are U+FFFD to a reader of UTF-8, whichever they are.
  for (const sign of key.toWellFormed()) folded += foldSign(sign);
  return folded;
}
