/** What of the configuration this feature goes by. */
export interface InsightSettings {
  /** Whether anything is analysed at all (`insight.enabled`). */
  readonly enabled: boolean;
  readonly limits: {
    /** Of one layer: its entries, and its bytes when unpacked. */
    readonly entries: number;
    readonly unpacked: number;
    readonly ratio: number;
    /** Milliseconds that the analysis of one layer may take. */
    readonly time: number;
    /** Bytes of memory of the process that does it. */
    readonly memory: number;
  };
}
