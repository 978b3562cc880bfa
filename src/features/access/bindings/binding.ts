import type { BindingScope, BindingSubject } from "../../../platform/database/schema/access.ts";
import type { Page, PageAsk } from "../../identity/page.ts";
import type { Acting } from "../acting.ts";

/** Who has which role where, and when. Times are milliseconds. */
export interface Binding {
  readonly id: string;
  readonly subject: {
    readonly kind: BindingSubject;
    /** A principal's or group's id; null for `authenticated` and `everyone`. */
    readonly id: string | null;
    /** The name now; null when there is none, or no more. */
    readonly name: string | null;
  };
  /** Name of a built-in role, or the id of a custom one. */
  readonly role: string;
  readonly roleName: string;
  readonly scope: BindingScope;
  readonly projectId: string | null;
  /** A glob over what follows `project/` in a repository's name. */
  readonly repositories: string | null;
  /** A glob over tags. */
  readonly tags: string | null;
  /** CEL; the binding counts while it is true. */
  readonly condition: string | null;
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Counts changes: the entity tag. */
  readonly version: number;
}

export interface BindingTerms {
  readonly role: string;
  readonly repositories?: string | null;
  readonly tags?: string | null;
  readonly condition?: string | null;
  readonly expiresAt?: number | null;
}

export interface NewBinding extends BindingTerms {
  readonly subject: { readonly kind: BindingSubject; readonly id?: string | null };
}

/** All that an update can change (A30); what is left out stays. */
export type BindingChange = Partial<BindingTerms>;

export interface BindingQuery extends PageAsk {
  readonly subject?: { readonly kind: BindingSubject; readonly id?: string | null };
  readonly role?: string;
}

/**
 * Members of the installation (`projectId` null) and of projects. Whether the caller may read or
 * write members there is decided before; that nobody gives more than they hold, not even for
 * longer (A31), is checked here.
 */
export interface Bindings {
  /**
   * Throws `binding.subject_unknown`, `binding.exists`, `role.unknown`, `glob.invalid`,
   * `condition.*`, `binding.expiry_invalid`, `access.more_than_held`.
   */
  create(by: Acting, projectId: string | null, input: NewBinding): Promise<Binding>;
  /** A binding of another project is `binding.unknown` (A27). With another `version`: `rights.changed`. */
  update(
    by: Acting,
    projectId: string | null,
    id: string,
    change: BindingChange,
    version?: number,
  ): Promise<Binding>;
  delete(by: Acting, projectId: string | null, id: string, version?: number): Promise<void>;
  get(projectId: string | null, id: string): Promise<Binding>;
  list(projectId: string | null, query: BindingQuery): Promise<Page<Binding>>;
  /** Every binding of one principal or group itself, of whatever project. */
  of(
    subject: { readonly kind: BindingSubject; readonly id: string },
    ask: PageAsk,
  ): Promise<Page<Binding>>;
}
