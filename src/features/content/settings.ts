/** What of the configuration the content feature goes by. Times in milliseconds, sizes in bytes. */
export interface ContentSettings {
  /** How long content that nothing holds stays (`reclaim.grace`). */
  readonly grace: number;
  /** How long deleted things can be restored (`trash.keep`). */
  readonly trashKeep: number;
  /** After how long a manifest without tag, parent or subject may go; null is never. */
  readonly untaggedAfter: number | null;
  /** Whether a push may bring its project into being (`projects.auto_create`). */
  readonly autoCreate: boolean;
  readonly uploads: {
    readonly expireAfter: number;
    readonly mostPerPrincipal: number;
    /** Largest blob, or null for no limit. */
    readonly maxSize: number | null;
  };
  /** Whether a manifest must find everything it names in its repository. */
  readonly requireReferences: boolean;
  readonly space: { readonly minFreeBytes: number; readonly minFreePercent: number };
}
