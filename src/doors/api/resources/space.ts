import { z } from "@hono/zod-openapi";
import type { Access } from "../../../features/access/service.ts";
import type { Lens, Looking } from "../../../features/lens/service.ts";
import { horizons } from "../../../features/lens/space.ts";
import type { Projects } from "../../../features/projects/project.ts";
import { parseReference } from "../../../oci/name.ts";
import type { Denials } from "../../denials.ts";
import { demand } from "../demand.ts";
import { fullName, IN_REPOSITORY, place, referenceShape, resourceOf } from "../repository-path.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { inProject } from "../scope.ts";

const TAG = "storage";
/** Artifacts that are weighed together. */
const MOST_TOGETHER = 100;

const bytes = z.number().int();
const count = z.number().int();

const freedShape = z
  .object({
    bytes: bytes.openapi({ description: "Of blobs: what storage gets back." }),
    blobs: count,
    manifests: count,
    manifestBytes: bytes.openapi({ description: "Of manifests, in the database." }),
  })
  .openapi("FreedSpace");

const space = {
  within: z.enum(horizons).openapi({
    description: "Who counts as another holder: everybody, or the repositories of the project.",
  }),
  manifests: count,
  manifestBytes: bytes.openapi({ description: "Of the manifests themselves, in the database." }),
  blobs: count,
  logical: bytes.openapi({ description: "What the manifests name, each for itself." }),
  unique: bytes.openapi({ description: "Of all blobs, each once." }),
  shared: bytes.openapi({ description: "Of `unique`, what others hold too." }),
  freed: freedShape.openapi({ description: "What comes back when it is deleted and swept." }),
};

const placeShape = z.object(space).openapi("PlaceSpace");

const artifactShape = z
  .object({
    ...space,
    left: freedShape.openapi({
      description:
        "What would stay, with nothing to hold it: untagged manifests that no setting removes.",
    }),
  })
  .openapi("ArtifactSpace");

const within = z.enum(horizons).optional().openapi({
  description:
    "`installation` needs `system:read`, and is meant by whoever has it; else `project` is.",
});
const query = z.strictObject({ within });

const references = z
  .string()
  .max(MOST_TOGETHER * 201)
  .transform((text) => text.split(",").filter((each) => each !== ""))
  .pipe(z.array(referenceShape).min(1).max(MOST_TOGETHER))
  .optional()
  .openapi({
    type: "string",
    example: "1.4.2,1.4.3",
    description: `Only these artifacts, taken together: up to ${MOST_TOGETHER} tags and digests.`,
  });

export interface SpaceRouteParts {
  readonly lens: Lens;
  readonly projects: Projects;
  readonly access: Access;
  readonly denials: Denials;
}

type Asker = Pick<Call<unknown, unknown, unknown>, "actor" | "doer" | "request">;

/** How much space something takes, exactly, and what deleting it would free. */
export function spaceRoutes({ lens, projects, access, denials }: SpaceRouteParts): AnyRoute[] {
  const scope = inProject(projects);
  const installation = { kind: "registry" } as const;

  /**
   * Whether somebody else has the same bytes is for those to know who may look at the whole
   * installation; the others are told what their project has (A29).
   */
  async function looking(
    { actor, doer, request }: Asker,
    asked: z.output<typeof within>,
  ): Promise<Looking> {
    const { signal } = request;
    if (asked === "project") return { horizon: "project", signal };
    if (asked === "installation") {
      await demand({ access, denials }, { actor, doer }, "system:read", installation);
      return { horizon: "installation", signal };
    }
    const { allowed } = await access.decide(actor, "system:read", installation);
    return { horizon: allowed ? "installation" : "project", signal };
  }

  return [
    route({
      method: "get",
      path: `${IN_REPOSITORY}/artifacts/{reference}/space`,
      id: "getArtifactSpace",
      tag: TAG,
      summary: {
        en: "How much space an artifact takes, with what belongs to it, and what deleting it would free",
        zh: "制品（含其所属内容）占用的空间，以及删除后可释放的空间",
      },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject({ ...place, reference: referenceShape }),
      query,
      body: undefined,
      answer: artifactShape,
      async handle(call) {
        const how = await looking(call, call.query.within);
        const reference = parseReference(call.params.reference);
        const found = await lens.ofArtifacts(fullName(call.params), [reference], how);
        return { body: { within: how.horizon, ...found } };
      },
    }),
    route({
      method: "get",
      path: `${IN_REPOSITORY}/space`,
      id: "getRepositorySpace",
      tag: TAG,
      summary: {
        en: "How much space a repository takes, or some of its artifacts, and what deleting that would free",
        zh: "仓库（或其中部分制品）占用的空间，以及删除后可释放的空间",
      },
      action: "repository:read",
      on: resourceOf,
      params: z.strictObject(place),
      query: query.extend({ references }),
      body: undefined,
      answer: placeShape.extend({ left: artifactShape.shape.left.optional() }),
      async handle(call) {
        const name = fullName(call.params);
        const asked = call.query.references?.map((each) => parseReference(each));
        for (const each of asked ?? []) {
          // A binding may be for some tags alone.
          if (each.kind !== "tag") continue;
          const resource = { kind: "repository", name, tag: each.tag } as const;
          await demand({ access, denials }, call, "repository:read", resource);
        }
        const how = await looking(call, call.query.within);
        const found =
          asked === undefined
            ? await lens.ofRepository(name, how)
            : await lens.ofArtifacts(name, asked, how);
        return { body: { within: how.horizon, ...found } };
      },
    }),
    route({
      method: "get",
      path: `${scope.prefix}/space`,
      id: "getProjectSpace",
      tag: TAG,
      summary: {
        en: "How much space a project takes, with its trash, and what deleting it would free",
        zh: "项目（含回收站）占用的空间，以及删除后可释放的空间",
      },
      action: "project:read",
      on: scope.on,
      params: scope.params({}),
      query,
      body: undefined,
      answer: placeShape,
      async handle(call) {
        const how = await looking(call, call.query.within);
        const id = (await scope.projectId(call.params)) ?? "";
        return { body: { within: how.horizon, ...(await lens.ofProject(id, how)) } };
      },
    }),
  ];
}
