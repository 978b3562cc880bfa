import { z } from "@hono/zod-openapi";
import { isAction } from "../../../features/access/permissions.ts";
import type { Resource } from "../../../features/access/rules.ts";
import type { Access } from "../../../features/access/service.ts";
import { type Actor, anonymousAt } from "../../../features/identity/principal.ts";
import type { Identity } from "../../../features/identity/service.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { type AnyRoute, type Call, route } from "../route.ts";
import { nothing } from "../shapes.ts";

const words = z.object({ en: z.string(), zh: z.string() });

const explanationShape = z
  .object({
    principal: z.string(),
    action: z.string(),
    resource: z.string(),
    allowed: z.boolean(),
    reason: z.string(),
    binding: z.string().nullable(),
    words,
    steps: z.array(z.object({ step: z.string(), outcome: z.string(), words })),
    bindings: z.array(
      z.object({
        id: z.string(),
        role: z.string(),
        subject: z.string(),
        scope: z.string(),
        outcome: z.string(),
        words,
      }),
    ),
  })
  .openapi("Explanation");

const question = z
  .strictObject({
    as: z
      .strictObject({
        kind: z.enum(["user", "robot", "anonymous"]),
        name: z.string().max(200).optional(),
      })
      .optional()
      .openapi({ description: "Left out: yourself." }),
    action: z.string().max(64).openapi({ example: "repository:push" }),
    on: z.strictObject({
      kind: z.enum(["registry", "project", "repository"]),
      name: z.string().max(255).optional(),
      tag: z.string().max(128).optional(),
    }),
    context: z
      .strictObject({
        address: z.string().max(64).optional(),
        secondFactor: z.boolean().optional(),
        claims: z.record(z.string().max(64), z.unknown()).optional(),
      })
      .optional()
      .openapi({ description: "What the decision is to suppose of the request." }),
  })
  .openapi("Question");

type Question = z.output<typeof question>;

function resourceOf({ kind, name, tag }: Question["on"]): Resource {
  if (kind === "registry") return { kind };
  if (name === undefined) throw failure("api.invalid", { problems: "on.name: missing" });
  if (kind === "project") return { kind, name };
  return tag === undefined ? { kind, name } : { kind, name, tag };
}

interface ExplainParts {
  readonly identity: Identity;
  readonly access: Access;
}

/** The actor that somebody else would be, with a credential that limits nothing. */
async function actorNamed(name: string, { identity }: ExplainParts): Promise<Actor> {
  const found = name.startsWith("robot+")
    ? (await identity.robots.list({ prefix: name, limit: 200 })).items.find((r) => r.name === name)
    : await identity.users.named(name);
  const standing = found === undefined ? undefined : await identity.standing(found.id);
  if (found === undefined || standing === undefined) {
    throw failure("identity.unknown", { kind: "principal", id: name });
  }
  const { generation } = standing;
  const credential = { via: "password", credentialId: null, address: null, generation } as const;
  const actor = await identity.actor({ principalId: found.id, ...credential });
  if (actor === undefined) throw failure("identity.unknown", { kind: "principal", id: name });
  return actor;
}

/** `POST /access/explain`: why somebody may or may not do something (law 6). */
export function explainRoutes(parts: ExplainParts): AnyRoute[] {
  const { access } = parts;

  /** Of others only who may ask in that project, or in the whole installation. */
  async function checkMayKnow({ actor, body }: Call<unknown, unknown, Question>): Promise<void> {
    if (body.as === undefined) return;
    if (body.as.kind !== "anonymous" && body.as.name === actor.principal.name) return;
    const [project = ""] = (body.on.name ?? "").split("/");
    const where: Resource =
      body.on.kind === "registry" ? { kind: "registry" } : { kind: "project", name: project };
    const decision = await access.decide(actor, "access:explain", where);
    if (decision.allowed) return;
    const { name } = actor.principal;
    const resource = where.kind === "registry" ? "the registry" : `project ${project}`;
    throw failure("access.denied", {
      principal: name,
      action: "access:explain",
      resource,
      why: "",
    });
  }

  return [
    route({
      method: "post",
      path: "/access/explain",
      id: "explainAccess",
      tag: "access",
      summary: { en: "Why is it allowed or refused?", zh: "为何允许或拒绝？" },
      action: "self:read",
      params: nothing,
      query: nothing,
      body: question,
      answer: explanationShape,
      async handle(call) {
        const { body, actor: caller } = call;
        if (!isAction(body.action)) {
          throw failure("api.invalid", { problems: "body.action: no such action" });
        }
        await checkMayKnow(call);
        let actor = caller;
        if (body.as?.kind === "anonymous") actor = anonymousAt(caller.address);
        else if (body.as?.name !== undefined && body.as.name !== caller.principal.name) {
          actor = await actorNamed(body.as.name, parts);
        }
        const { address, secondFactor, claims } = body.context ?? {};
        const supposed: Actor = {
          ...actor,
          address: address ?? actor.address,
          secondFactor: secondFactor ?? actor.secondFactor,
          claims: claims ?? actor.claims,
        };
        const explained = await access.explain(supposed, body.action, resourceOf(body.on));
        const { decision, steps, bindings, ...rest } = explained;
        return {
          body: {
            ...rest,
            allowed: decision.allowed,
            reason: decision.reason,
            binding: decision.binding,
            steps: [...steps],
            bindings: [...bindings],
          },
        };
      },
    }),
  ];
}
