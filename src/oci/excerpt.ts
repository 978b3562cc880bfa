/** How much of what a client sent is said back to it. */
const MOST = 120;

/**
 * What a client sent, fit to stand in a message: cut to size, with everything unprintable escaped
 * as in JSON, so that no message or log line can be forged through it.
 */
export function excerpt(text: string): string {
  const cut = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  return cut.replace(/[^\x20-\x7e…]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
