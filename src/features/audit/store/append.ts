import { procedure } from "../../../platform/database/port.ts";
import { type Item, recordAll } from "./record.ts";

/** Entries that belong to no other transaction: denials, logins, pulls. */
export const appendEntries = procedure(
  "audit.append",
  async (tx, { headKey, items }: { readonly headKey: string; readonly items: readonly Item[] }) => {
    await recordAll(tx, headKey, items);
  },
);
