import type { Search } from "./features/search/service.ts";
import type { Telemetry } from "./platform/telemetry/telemetry.ts";

/** Hangs up the figures of the search index. */
export function hangSearchGauges(telemetry: Telemetry, search: Search): void {
  telemetry.gauge({
    name: "entrepot_search_waiting",
    help: "Jobs that keep the search index and wait for their turn, on all nodes.",
    read: () => search.waiting(),
  });
}
