import { objectionPort } from "../../platform/database/objection.ts";
import type { Place } from "./entries.ts";

/** Tags that are about to leave the manifests they are on. */
export interface TagLoss {
  readonly place: Place;
  readonly tags: readonly {
    readonly name: string;
    readonly from: string;
    /** The manifest it goes to, or null where it vanishes. */
    readonly to: string | null;
  }[];
}

/** Asked before a tag that is there is moved or removed, whoever does that and why. */
export const tagLosses = objectionPort<TagLoss>("content.tag-losses");

/** Asked before a repository goes, with every tag in it. */
export const repositoryLosses = objectionPort<Place>("content.repository-losses");
