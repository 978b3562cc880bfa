/** What of the configuration reclaiming goes by. Times in milliseconds. */
export interface ReclaimSettings {
  /** Whether this node sweeps at all (`reclaim.enabled`). */
  readonly enabled: boolean;
  /** How long content that nothing holds stays (`reclaim.grace`). */
  readonly grace: number;
  /** How long the trash keeps what was moved there (`trash.keep`). */
  readonly trashKeep: number;
  /** After how long a manifest without tag, parent or subject may go; null is never. */
  readonly untaggedAfter: number | null;
  /** Most rows that a node handles in a second (`reclaim.pace`). */
  readonly pace: number;
}
