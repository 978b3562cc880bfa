import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { keepDraft, readDraft } from "../api/drafts.ts";
import { sessionQuery } from "../api/session.ts";

function restored<T extends object>(text: string | null, initial: T): T {
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
  /** Forgets what was typed: it was sent, or given up. */
  readonly reset: () => void;
}

/**
 * What is typed into a form, kept in this tab until it is sent or given up: it survives a session
 * that ended and the sign-in after it. Never for passwords. Each reader has their own.
 */
export function useDraft<T extends object>(name: string, initial: T): Draft<T> {
  const { data: session } = useQuery(sessionQuery);
  const reader = session?.user.id ?? "";
  const [value, setValue] = useState(() => restored(readDraft(reader, name), initial));
  const set = useCallback(
    (change: Partial<T>) =>
      setValue((before) => {
        const after = { ...before, ...change };
        keepDraft(reader, name, JSON.stringify(after));
        return after;
      }),
    [reader, name],
  );
  const reset = useCallback(() => keepDraft(reader, name, null), [reader, name]);
  return { value, set, reset };
}
