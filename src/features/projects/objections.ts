import { objectionPort } from "../../platform/database/objection.ts";

/** A project that is about to go, with all that is in it. */
export interface ProjectLoss {
  readonly id: string;
  readonly name: string;
}

/** Asked before a project is deleted. */
export const projectLosses = objectionPort<ProjectLoss>("projects.losses");
