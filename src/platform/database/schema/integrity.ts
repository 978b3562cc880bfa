export type ScrubScope = "all" | "repository" | "blob";

export type ScrubState = "running" | "paused" | "done" | "cancelled";

/** What is read: files, then manifests in the database, then once more what could not be read. */
export type ScrubPhase = "blobs" | "manifests" | "again";

/** A walk through stored content that reads and hashes it. */
export interface ScrubsTable {
  id: string;
  scope: ScrubScope;
  repository_id: string | null;
  /** The full name at the start. */
  repository: string | null;
  digest: string | null;
  state: ScrubState;
  /** Counts the jobs that worked on it, one after the other: of two, only the right one writes. */
  shift: number;
  phase: ScrubPhase;
  /** After which key of the phase it goes on. */
  position: string;
  blobs: number;
  manifests: number;
  bytes: number;
  /** Bytes that there were to read when it started. */
  total_bytes: number;
  damaged: number;
  unreadable: number;
  started_at: number;
  started_by: string;
  finished_at: number | null;
}

export type FoundObject = "blob" | "manifest";

/** `unreadable` is a fault of the storage, from which nothing follows for the bytes. */
export type FindingKind = "missing" | "wrong_size" | "corrupt" | "unreadable";

/** How it ended: bytes pushed anew, found whole after all, or reclaimed. */
export type ClosedAs = "pushed" | "whole" | "gone";

export interface FindingsTable {
  id: string;
  object: FoundObject;
  kind: FindingKind;
  digest: string;
  /** Of a manifest; empty for a blob, which repositories share. */
  repository_id: string;
  location: string | null;
  expected_size: number;
  seen_size: number | null;
  seen_digest: string | null;
  found_at: number;
  /** When it was seen last. */
  seen_at: number;
  closed_at: number | null;
  closed_as: ClosedAs | null;
}
