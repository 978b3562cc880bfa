import { useNavigate, useSearch } from "@tanstack/react-router";

/** The state of a list as it stands in the address: filters, `sort`, `hide`. */
export type ListSearch = Readonly<Record<string, string | undefined>>;

const KEY = /^[a-z][a-zA-Z]{0,20}$/;

/** Texts only, each short: whoever makes a link can put no more than that into a page. */
export function listSearch(search: Record<string, unknown>): ListSearch {
  const kept = Object.entries(search).flatMap(([key, value]) => {
    const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    return KEY.test(key) && typeof text === "string" && text !== "" && text.length <= 512
      ? [[key, text] as const]
      : [];
  });
  return Object.fromEntries(kept);
}

/** The state in the address, and how it is changed; an empty text takes a key away. */
export function useListSearch() {
  const search = listSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = (given: ListSearch): void => {
    // Another filter or order begins at its first page.
    const after = listSearch({ ...search, cursor: undefined, ...given });
    void navigate({ to: ".", search: () => after, replace: true, resetScroll: false });
  };
  return { search, change };
}

/**
 * Whether the form for something new is open. It stands in the address, so that it is there again
 * after a sign-in that came between.
 */
export function useMaking(): readonly [boolean, (isMaking: boolean) => void] {
  const { search, change } = useListSearch();
  const { open, cursor } = search;
  return [open === "new", (isMaking) => change({ open: isMaking ? "new" : "", cursor })];
}
