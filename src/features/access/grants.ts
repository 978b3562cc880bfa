import type { Clock } from "../../kernel/clock.ts";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Database } from "../../platform/database/port.ts";
import type { Actor } from "../identity/principal.ts";
import { projectReads } from "../projects/store-read.ts";
import type { Facts } from "./facts.ts";
import { type Grant, missingFor } from "./rules-grant.ts";

/** What is about to be given; the project by its id. */
export type Offer = Omit<Grant, "project"> & { readonly projectId: string | null };

/** Sees to it that nobody gives more than they hold (A31). */
export interface Grants {
  /** Throws `access.more_than_held`, and `project.unknown` when the project is gone. */
  refuseMore(actor: Actor, offer: Offer): Promise<void>;
}

export function openGrants(db: Database, clock: Clock, facts: Facts): Grants {
  const projects = projectReads(db);
  return {
    async refuseMore(actor, { projectId, ...offer }) {
      await facts.refresh();
      const project = projectId === null ? null : await projects.get(projectId);
      if (project === undefined || (project !== null && project.deletedAt !== null)) {
        throw failure("project.unknown", { name: projectId ?? "" });
      }
      const holdings = await facts.loadHoldings(actor);
      const permissions = missingFor(actor, holdings, { ...offer, project }, clock.now());
      if (permissions.length > 0) throw failure("access.more_than_held", { permissions });
    },
  };
}
