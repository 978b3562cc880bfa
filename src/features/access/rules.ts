import { compileGlob } from "../../oci/glob.ts";
import type { Actor, Limit } from "../identity/principal.ts";
import type { ConditionFacts } from "./conditions/condition.ts";

import { type Action, comesWithLogin, isSystemOnly } from "./permissions.ts";
import {
  type Asked,
  type BindingOutcome,
  type HeldBinding,
  type Holding,
  isNearer,
  outcomeOf,
} from "./rules-binding.ts";

/** What the action is done to. `tag` is given where the action resolves, sets or removes one. */
export type Resource =
  | { readonly kind: "registry" }
  | { readonly kind: "project"; readonly name: string }
  | { readonly kind: "repository"; readonly name: string; readonly tag?: string };

/** Why it was decided so: first what allows, then what refuses. */
export type Reason =
  | "administrator"
  /** What everybody who is somebody may. */
  | "login"
  | "public"
  | "binding"
  /** The credential is limited to other things. */
  | "limit"
  /** The project can be used only from other networks. */
  | "network"
  /** There are bindings that would allow it: each had expired, is about other tags, … */
  | "expired"
  | "tag"
  | "second_factor"
  | "condition"
  /** Nothing allows it. */
  | "none";

export interface Decision {
  readonly allowed: boolean;
  /** For a refusal: whether logging in may change the answer. */
  readonly login: boolean;
  readonly reason: Reason;
  /** Id of the binding that allowed it, or that came nearest. */
  readonly binding: string | null;
  /** For an allowed push: there is no such project yet, and this push may bring it into being. */
  readonly createsProject: boolean;
}

/** What decisions know of a project: taken from the loaded row, never from a spelling. */
export interface ProjectFacts {
  readonly id: string;
  readonly name: string;
  readonly isPublic: boolean;
  /** Whether an address is in the networks the project can be used from; null for everywhere. */
  readonly from: ((address: string) => boolean) | null;
}

/** What is asked, with all that the answer follows from. */
export interface Question {
  readonly actor: Actor;
  readonly action: Action;
  readonly resource: Resource;
  /** The live project of the resource's name; null for none, or for the registry itself. */
  readonly project: ProjectFacts | null;
  readonly holdings: readonly Holding[];
  readonly now: number;
}

/** What everyone may in a public project. */
const PUBLIC: ReadonlySet<Action> = new Set<Action>([
  "project:read",
  "repository:read",
  "repository:pull",
]);

const NO_BINDINGS: readonly HeldBinding[] = [];

function allow(reason: Reason, binding: string | null = null): Decision {
  return { allowed: true, login: false, reason, binding, createsProject: false };
}

const byAdministrator = allow("administrator");
const byLogin = allow("login");
const byPublic = allow("public");
const createdByAdministrator: Decision = { ...byAdministrator, createsProject: true };

function refuse({ principal }: Actor, reason: Reason, binding: string | null = null): Decision {
  const login = principal.kind === "anonymous";
  return { allowed: false, login, reason, binding, createsProject: false };
}

/** The project of a resource by its name, which is the first component of a repository's. */
export function projectNameOf(resource: Resource): string | null {
  if (resource.kind === "registry") return null;
  if (resource.kind === "project") return resource.name;
  const slash = resource.name.indexOf("/");
  return slash < 0 ? resource.name : resource.name.slice(0, slash);
}

/**
 * Whether one of a credential's limits covers what is asked: a repository by a glob over its full
 * name, a project only as a whole (`project/**`), the registry only by `**`. That a credential is
 * right is known to its bearer, and a password made with it has its limits: both are covered always.
 */
export function limitsCover(
  limits: readonly Limit[] | null,
  action: Action,
  resource: Resource,
): boolean {
  if (limits === null || action === "registry:ping" || action === "self:login-password") {
    return true;
  }
  return limits.some(
    ({ actions, repositories }) =>
      (actions.includes(action) || actions.includes("*")) &&
      repositories.some((pattern) => patternCovers(pattern, resource)),
  );
}

function patternCovers(pattern: string, resource: Resource): boolean {
  if (pattern === "**") return true;
  switch (resource.kind) {
    case "registry":
      return false;
    case "project":
      return pattern.endsWith("/**") && compileGlob(pattern.slice(0, -3)).test(resource.name);
    case "repository":
      return compileGlob(pattern).test(resource.name);
  }
}

/**
 * The one decision (law 5): denied unless something allows it, in this order: the credential's
 * limits, being an administrator, being somebody, bindings, the project being public; and then the
 * networks of the project, which bind everyone but administrators of the installation, who must be
 * able to put a wrong list right. An unknown project is refused exactly like a forbidden one (A29);
 * only who may create it may push to it.
 */
export function decide(question: Question): Decision {
  const { actor, action, resource, project } = question;
  if (!limitsCover(actor.limits, action, resource)) return refuse(actor, "limit");
  const isPushToNothing =
    action === "repository:push" && resource.kind === "repository" && project === null;
  if (actor.principal.administrator) {
    return isPushToNothing ? createdByAdministrator : byAdministrator;
  }
  if (comesWithLogin(action)) {
    return actor.principal.kind === "anonymous" ? refuse(actor, "none") : byLogin;
  }
  if (isPushToNothing) {
    const creation = ofBindings({ ...question, action: "project:create" });
    return creation.allowed ? { ...creation, createsProject: true } : refuse(actor, "none");
  }
  const decision = ofBindings(question);
  const opened = decision.allowed || !isPublic(question) ? decision : byPublic;
  if (opened.allowed && !isInNetworks(actor, project)) return refuse(actor, "network");
  return opened;
}

function isPublic({ action, resource, project }: Question): boolean {
  return resource.kind !== "registry" && project?.isPublic === true && PUBLIC.has(action);
}

/** Whoever comes over a unix socket has no address, and is in no network. */
export function isInNetworks({ address }: Actor, project: ProjectFacts | null): boolean {
  const from = project?.from ?? null;
  return from === null || (address !== null && from(address));
}

function ofBindings(question: Question): Decision {
  const asked = askedOf(question);
  let nearest: BindingOutcome = "action";
  let nearestId: string | null = null;
  for (const holding of question.holdings) {
    for (const list of bindingsFor(holding, question)) {
      for (const binding of list) {
        const outcome = outcomeOf(binding, asked);
        if (outcome === "met") return allow("binding", binding.id);
        if (isNearer(outcome, nearest)) [nearest, nearestId] = [outcome, binding.id];
      }
    }
  }
  return refuse(question.actor, REASONS[nearest], REASONS[nearest] === "none" ? null : nearestId);
}

/** The bindings of a subject that can count for what is asked. */
export function bindingsFor(
  { system, byProject }: Holding,
  { action, project }: Pick<Question, "action" | "project">,
): readonly (readonly HeldBinding[])[] {
  if (project === null || isSystemOnly(action)) return [system];
  return [system, byProject.get(project.id) ?? NO_BINDINGS];
}

const REASONS: Readonly<Record<BindingOutcome, Reason>> = {
  action: "none",
  repository: "none",
  expired: "expired",
  tag: "tag",
  second_factor: "second_factor",
  condition: "condition",
  condition_error: "condition",
  met: "binding",
};

/**
 * What the bindings are asked; conditions' facts are made once, when the first wants them. Only
 * what is done to repositories is about one: whatever else is asked of a repository is asked of
 * the whole project, which patterns do not give.
 */
export function askedOf(question: Question): Asked {
  const { actor, action, resource, now } = question;
  let facts: ConditionFacts | undefined;
  const isAbout = resource.kind === "repository" && action.startsWith("repository:");
  return {
    action,
    path: isAbout ? resource.name.slice(resource.name.indexOf("/") + 1) : null,
    tag: (isAbout ? resource.tag : undefined) ?? null,
    secondFactor: actor.secondFactor,
    now,
    facts: () => {
      facts ??= factsOf(question);
      return facts;
    },
  };
}

function factsOf({ actor, action, resource, now }: Question): ConditionFacts {
  const isRepository = resource.kind === "repository";
  return {
    address: actor.address ?? "",
    time: now,
    secondFactor: actor.secondFactor,
    via: actor.via,
    action,
    project: projectNameOf(resource) ?? "",
    repository: isRepository ? resource.name : "",
    tag: (isRepository ? resource.tag : undefined) ?? "",
    principalName: actor.principal.name,
    principalKind: actor.principal.kind,
    claims: actor.claims,
  };
}

/** How a resource is written in a refusal. */
export function spell(resource: Resource): string {
  if (resource.kind === "registry") return "the registry";
  const tag = resource.kind === "repository" && resource.tag !== undefined ? resource.tag : null;
  return `${resource.kind} ${resource.name}${tag === null ? "" : `:${tag}`}`;
}
