/** What a path under `/v2/` names; `name` and `last` are still as they were spelled. */
export type Route =
  | { readonly kind: "ping" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly last: string }
  | { readonly kind: "blob"; readonly name: string; readonly last: string }
  | { readonly kind: "referrers"; readonly name: string; readonly last: string }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly last: string };

export type RouteKind = Route["kind"];

/** The classes that requests of this door are counted by. */
export const ociRoutes: readonly RouteKind[] = [
  "ping",
  "catalog",
  "tags",
  "manifest",
  "blob",
  "referrers",
  "uploads",
  "upload",
];

const PREFIX = "/v2/";
const UPLOADS = "/blobs/uploads";
const TAGS = "/tags/list";

/** What the segment before the last one says. */
const BY_COLLECTION: Readonly<Record<string, "manifest" | "blob" | "referrers">> = {
  manifests: "manifest",
  blobs: "blob",
  referrers: "referrers",
};

/**
 * Routes a raw path (undecoded, without its query), or gives undefined for what names nothing.
 * Components of a name may be called `blobs` or `tags`, so it is read from the right-hand end;
 * those of extensions begin with `_` and can never be a name.
 */
export function parseRoute(path: string): Route | undefined {
  if (path === "/v2" || path === PREFIX) return { kind: "ping" };
  if (!path.startsWith(PREFIX)) return undefined;
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const open = path.endsWith("/") ? path.slice(0, -1) : path;
  if (open.endsWith(UPLOADS)) return named("uploads", open, open.length - UPLOADS.length);
  if (open !== path) return undefined;
  if (path.endsWith(TAGS)) return named("tags", path, path.length - TAGS.length);
  const slash = path.lastIndexOf("/");
  const before = path.lastIndexOf("/", slash - 1);
  const last = path.slice(slash + 1);
  if (path.endsWith(UPLOADS, slash)) return pair("upload", path, slash - UPLOADS.length, last);
  const kind = BY_COLLECTION[path.slice(before + 1, slash)];
  return kind === undefined ? undefined : pair(kind, path, before, last);
}

function named(kind: "uploads" | "tags", path: string, end: number): Route | undefined {
  return end > PREFIX.length ? { kind, name: path.slice(PREFIX.length, end) } : undefined;
}

function pair(
  kind: "manifest" | "blob" | "referrers" | "upload",
  path: string,
  end: number,
  last: string,
): Route | undefined {
  if (end <= PREFIX.length || last === "") return undefined;
  return { kind, name: path.slice(PREFIX.length, end), last };
}
