import { newId } from "./ids.ts";

/** What every event says: who did it, and when (milliseconds since the epoch). */
interface Deed {
  readonly principal: string;
  readonly at: number;
}

/** `repository` is the full name at that moment, `repositoryId` the id that never changes. */
interface InRepository extends Deed {
  readonly repository: string;
  readonly repositoryId: string;
}

export interface ManifestChanged extends InRepository {
  /** The project's name at that moment. */
  readonly project: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType: string | null;
  /** The tags that the change set or took away. */
  readonly tags: readonly string[];
}

export interface TagMoved extends InRepository {
  readonly tag: string;
  /** The digest before, or null for a tag that did not exist. */
  readonly from: string | null;
  readonly to: string;
}

export interface TagDeleted extends InRepository {
  readonly tag: string;
  readonly from: string;
}

/** A repository went to the trash or came back out of it. */
export interface RepositoryMoved extends InRepository {
  readonly project: string;
}

export interface RepositoryCreated extends InRepository {
  readonly project: string;
}

/** What a manifest's image says of itself is known. */
export interface ArtifactDescribed extends InRepository {
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Stored bytes were found damaged or missing and are not served any more. */
export interface ContentDamaged extends Deed {
  readonly digest: string;
  /** Of a manifest; null for a blob, which repositories share. */
  readonly repositoryId: string | null;
  readonly kind: string;
}

/** A push put whole bytes in the place of damaged ones. */
export interface ContentHealed extends Deed {
  readonly digest: string;
  readonly repositoryId: string | null;
}

export interface ProjectCreated extends Deed {
  readonly project: string;
  readonly projectId: string;
}

/** A project has come to a level at which people are warned, or to its limit. */
export interface QuotaReached {
  readonly project: string;
  readonly projectId: string;
  readonly level: string;
  /** Bytes. */
  readonly used: number;
  readonly limit: number | null;
  readonly at: number;
}

/** A restore drill found that a backup could not be restored whole. */
export interface DrillFailed {
  /** The backup's id. */
  readonly backup: string;
  readonly findings: number;
  readonly at: number;
}

/** Every kind of news and what it carries: plain JSON, kept readable for listeners of later versions. */
export interface EventMap {
  "manifest.pushed": ManifestChanged;
  "manifest.deleted": ManifestChanged;
  "manifest.restored": ManifestChanged;
  "artifact.described": ArtifactDescribed;
  "tag.moved": TagMoved;
  "tag.deleted": TagDeleted;
  "repository.created": RepositoryCreated;
  "repository.deleted": RepositoryMoved;
  "repository.restored": RepositoryMoved;
  "content.damaged": ContentDamaged;
  "content.healed": ContentHealed;
  /** It is gone for good, with all that it held. */
  "repository.reclaimed": RepositoryMoved;
  "project.created": ProjectCreated;
  "quota.reached": QuotaReached;
  "backup.drill_failed": DrillFailed;
}

export type EventKind = keyof EventMap;

/** An event as a listener gets it. `id` is the same at each delivery. */
export type EventOf<K extends EventKind> = {
  [Each in K]: { readonly id: string; readonly kind: Each; readonly payload: EventMap[Each] };
}[K];

export type AnyEvent = EventOf<EventKind>;

/** A row of the outbox. */
export interface EventRow {
  readonly id: string;
  readonly kind: EventKind;
  readonly payload: string;
  readonly created_at: number;
}

/**
 * The outbox row that tells of a change: insert it in the transaction of the change itself, so
 * that neither can be there without the other. `now` in milliseconds since the epoch.
 */
export function eventRow<K extends EventKind>(
  kind: K,
  payload: EventMap[K],
  now: number,
): EventRow {
  return { id: newId(now), kind, payload: JSON.stringify(payload), created_at: now };
}
