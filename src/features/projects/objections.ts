import { objectionPort } from "../../platform/database/objection.ts";

/** A project that comes to be, or is about to go with all that is in it. */
export interface WholeProject {
  readonly id: string;
  readonly name: string;
}

/** Told of a project that has just come to be. */
export const projectGains = objectionPort<WholeProject>("projects.gains");

/** Asked before a project is deleted. */
export const projectLosses = objectionPort<WholeProject>("projects.losses");

/** A project that says otherwise now after how long its untagged manifests may go. */
export interface UntaggedChange {
  readonly projectId: string;
  readonly now: number;
}

/** Told of that, after the change. */
export const untaggedChanges = objectionPort<UntaggedChange>("projects.untagged-changes");
