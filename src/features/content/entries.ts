import { type AuditEntry, done } from "../audit/entry.ts";

/** A repository as a change sees it. */
export interface Place {
  /** The full name. */
  readonly repository: string;
  readonly repositoryId: string;
  readonly projectId: string;
}

type Details = AuditEntry["details"];

/** What was done to content that a digest names. */
export function contentEntry(
  action:
    | "manifest.push"
    | "manifest.delete"
    | "manifest.restore"
    | "manifest.empty"
    | "blob.push"
    | "blob.mount"
    | "blob.delete",
  { repository, repositoryId, projectId: project }: Place,
  digest: string,
  details: Details = {},
): AuditEntry {
  const kind = action.startsWith("blob") ? "blob" : "manifest";
  const object = { kind, id: digest, name: repository };
  return done(action, object, { project, details: { repositoryId, ...details } });
}

/** A tag that came to be, moved or went: null is where it was not. */
export function tagEntry(
  { repository, repositoryId, projectId: project }: Place,
  tag: string,
  from: string | null,
  to: string | null,
): AuditEntry {
  const action = to === null ? "tag.delete" : from === null ? "tag.create" : "tag.move";
  const object = { kind: "tag", id: null, name: `${repository}:${tag}` };
  return done(action, object, { project, details: { repositoryId, from, to } });
}

/** A repository that came to be, went to the trash, came back or went for good. */
export function repositoryEntry(
  { repository, repositoryId, projectId }: Place,
  action: "create" | "delete" | "restore" | "empty" = "create",
): AuditEntry {
  const object = { kind: "repository", id: repositoryId, name: repository };
  return done(`repository.${action}`, object, { project: projectId });
}
