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

/** A blob that a repository did not hold until now. */
export interface LinkGain {
  readonly repositoryId: string;
  readonly digest: string;
}

/** Asked last in the transaction that makes a link, of which it makes one. */
export const linkGains = objectionPort<LinkGain>("content.link-gains");

/** Told of the links that have just gone; an objection here would keep what is to go. */
export const linkLosses = objectionPort<{
  readonly repositoryId: string;
  readonly digests: readonly string[];
}>("content.link-losses");

/** Asked late in the transaction that stores a manifest which the repository did not have. */
export const manifestGains = objectionPort<{ readonly place: Place; readonly size: number }>(
  "content.manifest-gains",
);

/** Told of manifests that have just gone for good. */
export const manifestLosses = objectionPort<{
  readonly repositoryId: string;
  readonly size: number;
}>("content.manifest-losses");

/** Asked when a repository has come to be, or come back. */
export const repositoryGains = objectionPort<Place>("content.repository-gains");

/** Asked when a tag has been set that was not there. */
export const tagGains = objectionPort<Place>("content.tag-gains");
