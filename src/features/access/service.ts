import { type Actor, anonymousAt } from "../identity/principal.ts";
import type { RightsContext } from "../projects/change.ts";
import type { Projects } from "../projects/project.ts";
import { openProjects } from "../projects/service.ts";
import type { Bindings } from "./bindings/binding.ts";
import { openBindings } from "./bindings/service.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import { Facts } from "./facts.ts";
import { openGrants } from "./grants.ts";
import { type Action, comesWithLogin } from "./permissions.ts";
import type { Role, Roles } from "./roles/role.ts";
import { openRoles } from "./roles/service.ts";
import { type Decision, decide, limitsCover, projectNameOf, type Resource } from "./rules.ts";
import type { Holding } from "./rules-binding.ts";

/** Whether the reader of a list sees what has this name. */
export type Visible = (name: string) => boolean | Promise<boolean>;

/** The one place that says who may do what (law 5). */
export interface Access {
  /**
   * May `actor` do `action` to `resource`? At once when the facts are in memory and allow it. A
   * refusal in a project is looked up anew, so that it knows of other nodes' changes and takes the
   * same time whether the project exists or not (A29). Throws only `service.database_unavailable`.
   */
  decide(actor: Actor, action: Action, resource: Resource): Decision | Promise<Decision>;
  /** How the decision comes about, with every binding of the actor that was looked at. */
  explain(actor: Actor, action: Action, resource: Resource): Promise<Explanation>;
  /**
   * Whether `asker` may know how decisions on a resource come about for `subject`: for themselves
   * always, and for others with `access:explain` there.
   */
  mayExplain(asker: Actor, subject: Actor, resource: Resource): Promise<boolean>;
  /** A filter for lists of repositories, by what may be done there (to pull, unless said). */
  visible(actor: Actor, action?: Action): Visible;
  /** A filter for lists of projects. */
  visibleProject(actor: Actor): Visible;
  /**
   * Ids of the projects outside of which the reader of a list sees nothing, so that a list need not
   * look there; undefined where that may be anything. What is inside is for `visible` to say.
   */
  reach(actor: Actor): Promise<readonly string[] | undefined>;
  /**
   * The id of the live project of that name; undefined for none. From memory only while no change
   * is known of.
   */
  projectId(name: string): string | undefined | Promise<string | undefined>;
  /**
   * Whether `actor` may give a role in a project, or in the system (`projectId` null), to somebody
   * without bounds (A31). Throws `access.more_than_held`.
   */
  refuseMore(
    actor: Actor,
    role: Pick<Role, "permissions" | "secondFactor">,
    projectId: string | null,
  ): Promise<void>;
  /** Whether a role that somebody has, or that one of their groups has, counts only with a second factor. */
  requiresSecondFactor(principalId: string, groups: readonly string[]): Promise<boolean>;
  readonly roles: Roles;
  readonly bindings: Bindings;
  readonly projects: Projects;
}

const NO_HOLDINGS: readonly Holding[] = [];

/** More projects than these are not named one by one. */
const MOST_NAMED = 5_000;

/** What a decision needs to know beside the actor. */
interface Needs {
  readonly holdings: boolean;
  /** The name of the project; null where none is looked at. */
  readonly project: string | null;
}

function needsOf(actor: Actor, action: Action, resource: Resource): Needs {
  // What a credential's limits refuse is refused whatever else there is.
  const isSettled =
    comesWithLogin(action) ||
    (actor.limits !== null && !limitsCover(actor.limits, action, resource));
  if (isSettled) return { holdings: false, project: null };
  const { administrator } = actor.principal;
  // An administrator's push may have to make the project.
  const looks = !administrator || action === "repository:push";
  return { holdings: !administrator, project: looks ? projectNameOf(resource) : null };
}

/** Opens projects, roles, bindings and the decisions made from them. */
export function openAccess(context: RightsContext): Access {
  const { db, clock, revision } = context;
  const facts = new Facts(db, revision);
  const grants = openGrants(db, clock, facts);
  const roles = openRoles(context, grants);

  async function questionOf(actor: Actor, action: Action, resource: Resource) {
    const needs = needsOf(actor, action, resource);
    const holdings = needs.holdings ? await facts.loadHoldings(actor) : NO_HOLDINGS;
    const project = needs.project === null ? null : await facts.loadProject(needs.project);
    return { actor, action, resource, project, holdings, now: clock.now() };
  }

  async function decideAnew(actor: Actor, action: Action, resource: Resource): Promise<Decision> {
    await facts.refresh();
    return decide(await questionOf(actor, action, resource));
  }

  /** From memory; undefined when something is not there. */
  function remembered(actor: Actor, action: Action, resource: Resource): Decision | undefined {
    const needs = needsOf(actor, action, resource);
    const holdings = needs.holdings ? facts.holdings(actor) : NO_HOLDINGS;
    const project = needs.project === null ? null : facts.project(needs.project);
    if (holdings === undefined || project === undefined) return undefined;
    return decide({ actor, action, resource, project, holdings, now: clock.now() });
  }

  /** For lists, whose many refusals need not be as fresh as a single one. */
  function allows(actor: Actor, action: Action, resource: Resource): boolean | Promise<boolean> {
    const decision = remembered(actor, action, resource);
    if (decision !== undefined) return decision.allowed;
    return questionOf(actor, action, resource).then((question) => decide(question).allowed);
  }

  return {
    decide(actor, action, resource) {
      const decision = remembered(actor, action, resource);
      const isFinal =
        decision !== undefined &&
        (decision.allowed || resource.kind === "registry" || decision.reason === "limit");
      return isFinal ? decision : decideAnew(actor, action, resource);
    },
    async explain(actor, action, resource) {
      await facts.refresh();
      const holdings = await facts.loadHoldings(actor);
      const name = projectNameOf(resource);
      const project = name === null ? null : await facts.loadProject(name);
      return explain({ actor, action, resource, project, holdings, now: clock.now() });
    },
    async requiresSecondFactor(id, groups) {
      const principal = { id, kind: "user", name: "", administrator: false } as const;
      const holdings = await facts.loadHoldings({ ...anonymousAt(null), principal, groups });
      return holdings.some(({ system, byProject }) =>
        [system, ...byProject.values()].some((list) => list.some(({ role }) => role.secondFactor)),
      );
    },
    async mayExplain(asker, subject, resource) {
      const { id, kind } = asker.principal;
      if (kind !== "anonymous" && id === subject.principal.id) return true;
      const name = projectNameOf(resource);
      const where: Resource = name === null ? { kind: "registry" } : { kind: "project", name };
      return (await decideAnew(asker, "access:explain", where)).allowed;
    },
    visible:
      (actor, action = "repository:pull") =>
      (name) =>
        allows(actor, action, { kind: "repository", name }),
    visibleProject: (actor) => (name) => allows(actor, "project:read", { kind: "project", name }),
    async reach(actor) {
      if (actor.principal.administrator) return undefined;
      const holdings = await facts.loadHoldings(actor);
      if (holdings.some(({ system }) => system.length > 0)) return undefined;
      const open = await facts.publicProjects(MOST_NAMED + 1);
      const own = holdings.flatMap(({ byProject }) => [...byProject.keys()]);
      const all = new Set([...open, ...own]);
      return all.size > MOST_NAMED ? undefined : [...all];
    },
    projectId(name) {
      const known = facts.project(name);
      if (known !== undefined) return known.id;
      return facts
        .refresh()
        .then(() => facts.loadProject(name))
        .then((project) => project?.id);
    },
    refuseMore(actor, { permissions, secondFactor }, projectId) {
      const bounds = { repositories: null, tags: null, condition: null, expiresAt: null };
      const scope = projectId === null ? "system" : "project";
      return grants.refuseMore(actor, { permissions, secondFactor, scope, projectId, ...bounds });
    },
    roles,
    bindings: openBindings(context, roles, grants),
    projects: openProjects(context),
  };
}
