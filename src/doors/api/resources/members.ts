import { z } from "@hono/zod-openapi";
import type { Binding } from "../../../features/access/bindings/binding.ts";
import type { Access } from "../../../features/access/service.ts";
import type { Identity } from "../../../features/identity/service.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { present } from "../present.ts";
import { type AnyRoute, route } from "../route.ts";
import { inProject, type Scope, system } from "../scope.ts";
import { cursorFrom, cursorTo, idShape, nothing, pageOf, pageQuery, timeShape } from "../shapes.ts";

const subjectKind = z.enum(["principal", "group", "authenticated", "everyone"]);

const bindingShape = z
  .object({
    id: idShape,
    subject: z.object({
      kind: subjectKind,
      id: z.string().nullable(),
      name: z.string().nullable(),
    }),
    role: z.string(),
    roleName: z.string(),
    scope: z.enum(["system", "project", "repository"]),
    repositories: z.string().nullable(),
    tags: z.string().nullable(),
    condition: z.string().nullable(),
    expiresAt: timeShape.nullable(),
    createdAt: timeShape,
    createdBy: z.string(),
    version: z.number().int(),
  })
  .openapi("Binding");

const glob = z.string().min(1).max(256).nullable().optional();
const terms = {
  repositories: glob.openapi({ description: "A glob over what follows `project/`." }),
  tags: glob.openapi({ description: "A glob over tags." }),
  condition: z.string().min(1).max(4_096).nullable().optional().openapi({ description: "CEL." }),
  expiresAt: timeShape.nullable().optional(),
};
const role = z.string().max(64);
const TAG = "members";

interface MemberParts {
  readonly access: Access;
  readonly identity: Identity;
}

interface NamedSubject {
  readonly kind: z.output<typeof subjectKind>;
  readonly id?: string | null | undefined;
  readonly name?: string | undefined;
}

function view({ projectId: _, ...binding }: Binding): z.input<typeof bindingShape> {
  return binding;
}

function membersIn(scope: Scope, noun: string, parts: MemberParts): AnyRoute[] {
  const { bindings } = parts.access;
  const { users, groups, robots } = parts.identity;

  /** Whoever gives roles need not be somebody who may list all accounts. */
  async function named({ kind, name = "", id }: NamedSubject): Promise<string> {
    if (id !== undefined || (kind !== "principal" && kind !== "group")) {
      throw failure("api.invalid", { problems: "body.subject: an id or a name" });
    }
    if (kind === "principal" && !name.startsWith("robot+")) return (await users.named(name)).id;
    const { items } =
      kind === "group"
        ? await groups.list({ prefix: name, limit: 200 })
        : await robots.list({ prefix: name, limit: 200 });
    const found = items.find((each) => each.name === name);
    if (found === undefined) throw failure("identity.unknown", { kind, id: name });
    return found.id;
  }

  const { prefix, suffix, on } = scope;
  const path = `${prefix}/${noun}`;
  const one = scope.params({ binding: idShape });
  const common = { tag: TAG, on, query: nothing } as const;
  return [
    route({
      ...common,
      method: "get",
      path,
      id: `listMembers${suffix}`,
      summary: { en: "Who has which role here", zh: "查看成员及其角色" },
      action: "member:read",
      params: scope.params({}),
      query: z.strictObject({
        ...pageQuery,
        role: role.optional(),
        subjectKind: subjectKind.optional(),
        subjectId: idShape.optional(),
      }),
      body: undefined,
      answer: pageOf(bindingShape, "Members"),
      async handle({ params, query }) {
        if (query.subjectId !== undefined && query.subjectKind === undefined) {
          throw failure("api.invalid", { problems: "query.subjectId: subjectKind is missing" });
        }
        const { items, next } = await bindings.list(await scope.projectId(params), {
          limit: query.limit,
          after: cursorFrom(query.cursor) ?? null,
          ...(query.role === undefined ? {} : { role: query.role }),
          ...(query.subjectKind === undefined
            ? {}
            : { subject: { kind: query.subjectKind, id: query.subjectId ?? null } }),
        });
        return { body: { items: items.map(view), next: cursorTo(next ?? undefined) } };
      },
    }),
    route({
      ...common,
      method: "post",
      path,
      id: `addMember${suffix}`,
      summary: {
        en: "Give a role, perhaps for some repositories or tags, for a time, on a condition",
        zh: "授予角色，可限定仓库、标签、期限与条件",
      },
      action: "member:write",
      params: scope.params({}),
      body: z.strictObject({
        subject: z.strictObject({
          kind: subjectKind,
          id: idShape.nullable().optional(),
          name: z.string().max(200).optional().openapi({
            description: "In the place of `id`: a user's, a robot's or a group's name.",
          }),
        }),
        role,
        ...terms,
      }),
      answer: bindingShape,
      status: 201,
      isCreate: true,
      async handle({ params, body, actor, doer, path: here }) {
        const project = await scope.projectId(params);
        const { subject, role: given, ...rest } = body;
        const id = subject.name === undefined ? (subject.id ?? null) : await named(subject);
        const input = { subject: { kind: subject.kind, id }, role: given };
        const by = { actor, doer };
        const binding = await bindings.create(by, project, { ...input, ...present(rest) });
        return { body: view(binding), version: binding.version, location: `${here}/${binding.id}` };
      },
    }),
    route({
      ...common,
      method: "get",
      path: `${path}/{binding}`,
      id: `getMember${suffix}`,
      summary: { en: "Read a binding", zh: "查看授权" },
      action: "member:read",
      params: one,
      body: undefined,
      answer: bindingShape,
      async handle({ params }) {
        const binding = await bindings.get(await scope.projectId(params), params.binding);
        return { body: view(binding), version: binding.version };
      },
    }),
    route({
      ...common,
      method: "patch",
      path: `${path}/{binding}`,
      id: `updateMember${suffix}`,
      summary: { en: "Change a binding", zh: "修改授权" },
      action: "member:write",
      params: one,
      body: z.strictObject({ role: role.optional(), ...terms }),
      answer: bindingShape,
      isVersioned: true,
      async handle({ params, body, actor, doer, version }) {
        const project = await scope.projectId(params);
        const by = { actor, doer };
        const change = present(body);
        const binding = await bindings.update(by, project, params.binding, change, version);
        return { body: view(binding), version: binding.version };
      },
    }),
    route({
      ...common,
      method: "delete",
      path: `${path}/{binding}`,
      id: `removeMember${suffix}`,
      summary: { en: "Take a role back", zh: "撤销授权" },
      action: "member:write",
      params: one,
      body: undefined,
      answer: nothing,
      status: 204,
      isVersioned: true,
      async handle({ params, actor, doer, version }) {
        const project = await scope.projectId(params);
        await bindings.delete({ actor, doer }, project, params.binding, version);
        return { body: {} };
      },
    }),
  ];
}

/** Who has which role: `/bindings` of the installation, `/projects/{project}/members`. */
export function memberRoutes(parts: MemberParts): AnyRoute[] {
  return [
    ...membersIn(system, "bindings", parts),
    ...membersIn(inProject(parts.access.projects), "members", parts),
  ];
}
