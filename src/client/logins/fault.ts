/**
 * Why a login cannot be looked up or kept: the file cannot be read or written, a credential helper
 * does not do its part, or there is no home to keep it in.
 */
export class LoginsFault extends Error {
  readonly kind: "file" | "helper" | "homeless";
  /** The file or the helper. */
  readonly at: string;

  constructor(kind: LoginsFault["kind"], at: string, why: string, cause?: unknown) {
    super(why, cause === undefined ? undefined : { cause });
    this.name = "LoginsFault";
    this.kind = kind;
    this.at = at;
  }
}
