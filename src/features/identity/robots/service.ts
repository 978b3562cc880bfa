import { DAY } from "../../../kernel/clock.ts";
import { failure } from "../../../kernel/errors/catalogue.ts";
import { change, type IdentityContext } from "../context.ts";
import { pageAfter, pageOf, pageSize } from "../page.ts";
import { checkText } from "../texts.ts";
import { parseLimits } from "../tokens/limits.ts";
import { parseNetworks } from "../tokens/networks.ts";
import { newSecret, verifierOf } from "../tokens/secret-text.ts";
import { checkLifetime, json, tokenView } from "../tokens/service.ts";
import { tokenReads } from "../tokens/store/read.ts";
import { isName, MOST_NAME, robotName } from "../users/rules.ts";
import { checkPrefix, stateOf } from "../users/service.ts";
import {
  deletePrincipal,
  disablePrincipal,
  enablePrincipal,
  restorePrincipal,
} from "../users/store/life.ts";
import { principalReads } from "../users/store/read.ts";
import type { PrincipalRow } from "../users/store/rows.ts";
import type { Robot, Robots } from "./robot.ts";
import { createRobot, rotateRobot, updateRobot } from "./store.ts";

const LONGEST_DESCRIPTION = 512;
const LONGEST_OVERLAP = 7 * DAY;
/** Live secrets at a time. */
const MOST_SECRETS = 2;
const LONGEST_LIFETIME = 3_660 * DAY;

function robotView(row: PrincipalRow): Robot {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    projectId: row.project_id,
    state: stateOf(row),
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
    deletedAt: row.deleted_at,
    lastLoginAt: row.last_login_at,
    version: row.version,
  };
}

/** Makes the service of machines' accounts; see `Robots`. */
export function openRobots(context: IdentityContext): Robots {
  const { db, clock, settings, knownActions } = context;
  const reads = principalReads(db);
  const tokens = tokenReads(db);

  const endOf = (lifetime: number | undefined) =>
    lifetime === undefined ? null : clock.now() + checkLifetime(lifetime, LONGEST_LIFETIME);

  return {
    async create(by, { name, project, description, limits, addresses, lifetime }) {
      if (!isName(name)) {
        throw failure("identity.name_invalid", { name: name.slice(0, 80), limit: MOST_NAME });
      }
      const secret = newSecret("robot");
      const made = await change(context, by, createRobot, {
        name: robotName(project?.name ?? null, name),
        description: checkText("description", description, LONGEST_DESCRIPTION),
        projectId: project?.id ?? null,
        secret: {
          name: "secret",
          verifier: verifierOf(secret),
          limits: json(parseLimits(limits, knownActions)),
          addresses: json(parseNetworks(addresses)),
          expiresAt: endOf(lifetime),
        },
      });
      const token = tokenView(made.secret, clock.now());
      return { robot: robotView(made.robot), secret: { token, secret } };
    },

    async update(by, id, asked, version) {
      const row = await reads.find("robot", id);
      const description =
        asked.description === undefined
          ? (row?.description ?? null)
          : checkText("description", asked.description, LONGEST_DESCRIPTION);
      const args = { id, version: version ?? null, description };
      return robotView(await change(context, by, updateRobot, args));
    },

    async rotate(by, id, { overlap = settings.robotOverlap, lifetime } = {}) {
      const isGood = Number.isSafeInteger(overlap) && overlap >= 0 && overlap <= LONGEST_OVERLAP;
      if (!isGood) {
        throw failure("identity.lifetime_invalid", { least: 0, most: LONGEST_OVERLAP / 1_000 });
      }
      const secret = newSecret("robot");
      const row = await change(context, by, rotateRobot, {
        id,
        name: "secret",
        verifier: verifierOf(secret),
        expiresAt: endOf(lifetime),
        overlapUntil: clock.now() + overlap,
      });
      return { token: tokenView(row, clock.now()), secret };
    },

    async disable(by, id) {
      return robotView(await change(context, by, disablePrincipal, { kind: "robot", id }));
    },

    async enable(by, id) {
      return robotView(await change(context, by, enablePrincipal, { kind: "robot", id }));
    },

    async delete(by, id) {
      return robotView(await change(context, by, deletePrincipal, { kind: "robot", id }));
    },

    async restore(by, id) {
      return robotView(await change(context, by, restorePrincipal, { kind: "robot", id }));
    },

    async get(id) {
      const row = await reads.find("robot", id);
      if (row === undefined) throw failure("identity.unknown", { kind: "robot", id });
      return robotView(row);
    },

    async list({ projectId, prefix, state, after, limit }) {
      const size = pageSize(limit);
      const rows = await reads.list({
        kind: "robot",
        order: "id",
        after: pageAfter(after),
        limit: size + 1,
        prefix: checkPrefix(prefix),
        state: state ?? null,
        projectId,
      });
      const { items, next } = pageOf(rows, size);
      return { items: items.map(robotView), next };
    },

    async secrets(id) {
      const now = clock.now();
      const rows = await tokens.list({
        principalId: id,
        kinds: ["robot"],
        liveAt: now,
        after: null,
        limit: MOST_SECRETS,
      });
      return rows.map((row) => tokenView(row, now));
    },
  };
}
