/** Where a repository is, as paths of the API and of the console have it. */
export interface Place {
  readonly project: string;
  readonly repository: string;
}

/** A full name taken apart: the project, and what follows it. */
export function placeOf(name: string): Place {
  const slash = name.indexOf("/");
  return { project: name.slice(0, slash), repository: name.slice(slash + 1) };
}

export function fullName({ project, repository }: Place): string {
  return `${project}/${repository}`;
}

/** A digest short enough for a line, and long enough to be told from others. */
export function shortDigest(digest: string): string {
  const [algorithm = "", encoded = ""] = digest.split(":");
  return `${algorithm}:${encoded.slice(0, 12)}`;
}
