import { z } from "@hono/zod-openapi";
import { projectName } from "./scope.ts";

/** What follows the project in a repository's name: one segment of the path, with `%2F` in it. */
const repositoryRest = z
  .string()
  .max(255)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/)
  .openapi({ example: "web/api", description: "Percent-encoded as one segment: `web%2Fapi`." });

/** Where the routes of one repository begin. */
export const REPOSITORY = "/projects/{project}/repositories/{repository}";

export const repositoryParams = z.strictObject({
  project: projectName,
  repository: repositoryRest,
});

/** The full name that a path of `REPOSITORY` means. */
export function repositoryOf(params: z.output<typeof repositoryParams>): string {
  return `${params.project}/${params.repository}`;
}
