import { z } from "@hono/zod-openapi";
import type { Resource } from "../../features/access/rules.ts";
import type { Projects } from "../../features/projects/project.ts";

/** Where a kind of thing can live: in the installation as a whole, or in a project. */
export interface Scope {
  /** What the paths begin with. */
  readonly prefix: string;
  /** What the operation ids end with. */
  readonly suffix: string;
  /** The schema of the path's parameters: these, and the project's name where there is one. */
  params<T extends z.ZodRawShape>(more: T): z.ZodObject<T>;
  /** What actions in this scope are done to. */
  on(params: object): Resource;
  /** The loaded project's id; null in the installation's own scope. Throws `project.unknown`. */
  projectId(params: object): Promise<string | null>;
}

/** A project's name, as repositories begin with it. */
export const projectName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/)
  .openapi({ example: "team" });

function nameIn(params: object): string {
  if ("project" in params && typeof params.project === "string") return params.project;
  throw new Error("this path names no project");
}

export const system: Scope = {
  prefix: "",
  suffix: "",
  params: (more) => z.strictObject(more) as z.ZodObject<typeof more>,
  on: () => ({ kind: "registry" }),
  projectId: async () => null,
};

export function inProject(projects: Projects): Scope {
  return {
    prefix: "/projects/{project}",
    suffix: "InProject",
    // The project's name is read by `nameIn` alone, so the type need not know of it.
    params: (more) =>
      z.strictObject({ ...more, project: projectName }) as unknown as z.ZodObject<typeof more>,
    on: (params) => ({ kind: "project", name: nameIn(params) }),
    projectId: async (params) => (await projects.named(nameIn(params))).id,
  };
}
