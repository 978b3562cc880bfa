const KEPT = "entrepot-search-key";

/** Whether the key `/` leads to the search: whoever speaks to the machine may not want that. */
export function hasSearchKey(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

export function keepSearchKey(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // It is on again next time.
  }
}
