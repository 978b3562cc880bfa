import { z } from "@hono/zod-openapi";
import type { Resource } from "../../features/access/rules.ts";
import { parseRepositoryName, type RepositoryName } from "../../oci/name.ts";
import { projectName } from "./scope.ts";

/** Where the things of one repository are. */
export const IN_REPOSITORY = "/projects/{project}/repositories/{repository}";

/** A repository's path inside its project: one segment, its slashes as `%2F`. */
export const repositoryPath = z
  .string()
  .max(255)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/)
  .openapi({ example: "web/api" });

export const tagName = z
  .string()
  .regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/)
  .openapi({ example: "1.4.2" });

export const digestShape = z
  .string()
  .max(200)
  .regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/)
  .openapi({
    example: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  });

/** A tag, or a digest. */
export const referenceShape = z
  .string()
  .max(200)
  .regex(/^(?:[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+)$/)
  .openapi({ example: "1.4.2" });

interface Place {
  readonly project: string;
  readonly repository: string;
}

export const place = { project: projectName, repository: repositoryPath };

/** The full name. Throws `name.invalid` for one that is too long as a whole. */
export function fullName({ project, repository }: Place): RepositoryName {
  return parseRepositoryName(`${project}/${repository}`);
}

/** What is judged: the repository, and the tag that the request resolves, sets or removes. */
export function resourceOf(
  params: Place & { readonly tag?: string; readonly reference?: string },
): Resource {
  const name = `${params.project}/${params.repository}`;
  const { reference } = params;
  const tag = params.tag ?? (reference?.includes(":") === false ? reference : undefined);
  return tag === undefined ? { kind: "repository", name } : { kind: "repository", name, tag };
}
