/** Where the browser has no storage for this site, drafts last as long as the page. */
const memory = new Map<string, string>();

const PREFIX = "entrepot-draft:";

/** What was typed under that name, in this tab, by that reader; null for nothing. */
export function readDraft(reader: string, name: string): string | null {
  const key = `${PREFIX}${reader}:${name}`;
  try {
    return sessionStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/** Keeps what is typed; null forgets it. */
export function keepDraft(reader: string, name: string, text: string | null): void {
  const key = `${PREFIX}${reader}:${name}`;
  memory.delete(key);
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    if (text !== null) memory.set(key, text);
  }
}

/** Forgets all of them: whoever signs out leaves nothing behind in the tab. */
export function forgetDrafts(): void {
  memory.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  } catch {
    // There is no storage, and so nothing in it.
  }
}
