import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { sessionQuery } from "../api/session.ts";

/** Where the browser has no storage for this site, drafts last as long as the page. */
const memory = new Map<string, string>();

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    if (text !== null) memory.set(key, text);
  }
  if (text === null) memory.delete(key);
}

function restored<T extends object>(key: string, initial: T): T {
  const text = read(key);
  if (text === null) return initial;
  try {
    return { ...initial, ...JSON.parse(text) };
  } catch {
    return initial;
  }
}

export interface Draft<T> {
  readonly value: T;
  /** Changes some of it; the rest stays. */
  readonly set: (change: Partial<T>) => void;
  /** Forgets what was typed, for another beginning. */
  readonly reset: (to?: T) => void;
}

/**
 * What is typed into a form, kept in this tab until it is sent or given up: it survives a session
 * that ended and the sign-in after it. Never for passwords. Each reader has their own.
 */
export function useDraft<T extends object>(name: string, initial: T): Draft<T> {
  const { data: session } = useQuery(sessionQuery);
  const key = `entrepot-draft:${session?.user.id ?? ""}:${name}`;
  const [value, setValue] = useState(() => restored(key, initial));
  const set = useCallback(
    (change: Partial<T>) =>
      setValue((before) => {
        const after = { ...before, ...change };
        write(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const reset = useCallback(
    (to?: T) => {
      write(key, null);
      if (to !== undefined) setValue(to);
    },
    [key],
  );
  return { value, set, reset };
}
