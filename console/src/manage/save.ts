import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { call, Problem } from "../api/client.ts";
import { useConfirmed } from "../ui/step-up.tsx";

/** Unforeseeable, also where the page is served without encryption. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Makes something. When the answer was lost, sending the same again makes it once: the same words
 * go under the same key.
 */
export function useCreate<B, R>(path: string, onDone: (made: R) => void) {
  const sent = useRef({ text: "", key: "" });
  return useConfirmed<B, R>((body) => {
    const text = JSON.stringify([path, body]);
    if (sent.current.text !== text) sent.current = { text, key: newKey() };
    return call<R>("POST", path, body, { key: sent.current.key });
  }, onDone);
}

interface Versioned {
  readonly version: number;
}

interface Change<B> {
  readonly body: B;
  readonly version: number;
}

/** Whether somebody else has changed the thing since it was read. */
const isOvertaken = (error: unknown) => error instanceof Problem && error.status === 412;

/**
 * Changes something that was read in a version. When somebody was quicker, `theirs` is what it has
 * become, for the reader to choose.
 */
export function useEdit<T extends Versioned, B>(path: string, onDone: (now: T) => void) {
  const [theirs, setTheirs] = useState<T>();
  const confirmed = useConfirmed<Change<B>, T>(
    async ({ body, version }) => {
      try {
        return await call<T>("PATCH", path, body, { version });
      } catch (error) {
        if (isOvertaken(error)) setTheirs(await call<T>("GET", path));
        throw error;
      }
    },
    (now) => {
      setTheirs(undefined);
      onDone(now);
    },
  );
  const error = isOvertaken(confirmed.error) ? null : confirmed.error;
  return { ...confirmed, error, theirs, settle: () => setTheirs(undefined) };
}

/** Reads anew whatever begins with that key. */
export function useRefresh(...keys: readonly string[]) {
  const client = useQueryClient();
  return () => void Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

/** A change that is only a request, with a fresh proof where the server wants one. */
export function useAct<R = unknown>(onDone: (result: R) => void) {
  return useConfirmed<Act, R>(
    ({ method, path, body, version }) => call<R>(method, path, body, { version }),
    onDone,
  );
}

export interface Act {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly version?: number;
}
