/** While one is there and not over, no bytes are reclaimed. */
export interface HoldsTable {
  id: string;
  /** Whoever holds has to renew it before. */
  until: number;
  why: string;
}

/** One row that sweepers lock shared, and a new hold alone: so that one comes after the other. */
export interface HoldGateTable {
  id: number;
}
