import type { Action } from "../../features/access/permissions.ts";
import { deleteBlob, getBlob, headBlob } from "./answers/blobs.ts";
import { listRepositories, listTags } from "./answers/lists.ts";
import { deleteManifest, getManifest, putManifest } from "./answers/manifests.ts";
import { ping } from "./answers/ping.ts";
import { listReferrers } from "./answers/referrers.ts";
import { deleteUpload, getUpload, patchUpload, putUpload, startUpload } from "./answers/uploads.ts";
import type { Exchange } from "./exchange.ts";
import type { RouteKind } from "./route.ts";
import { authenticate } from "./steps/authenticate.ts";
import { authorize, authorizeCatalog, authorizeForce } from "./steps/authorize.ts";
import { readDigest } from "./steps/read-digest.ts";
import { readName } from "./steps/read-name.ts";
import { readReference } from "./steps/read-reference.ts";
import { readTags } from "./steps/read-tags.ts";

/** A check: fills in the exchange or throws the failure that ends it. */
export type Step = (x: Exchange) => void | Promise<void>;
export type Answer = (x: Exchange) => Response | Promise<Response>;

export interface Endpoint {
  readonly methods: readonly string[];
  readonly on: RouteKind;
  readonly action: Action;
  /** Run in this order; the first that throws ends the exchange. */
  readonly steps: readonly Step[];
  readonly answer: Answer;
}

const [NAME, DIGEST, REF, TAGS] = [readName, readDigest, readReference, readTags];
/** Spelling is judged before identity: what no resource can be called needs no decision (A07). */
const WHO = [authenticate, authorize];

// biome-ignore format: a line an endpoint, so that the table reads as one
export const endpoints: readonly Endpoint[] = [
  { on: "ping",      methods: ["GET", "HEAD"], action: "registry:ping",     steps: [...WHO],                       answer: ping },
  { on: "catalog",   methods: ["GET", "HEAD"], action: "registry:catalog",  steps: [authenticate, authorizeCatalog], answer: listRepositories },
  { on: "tags",      methods: ["GET", "HEAD"], action: "repository:pull",   steps: [NAME, ...WHO],                 answer: listTags },
  { on: "manifest",  methods: ["GET", "HEAD"], action: "repository:pull",   steps: [NAME, REF, ...WHO],            answer: getManifest },
  { on: "manifest",  methods: ["PUT"],         action: "repository:push",   steps: [NAME, REF, TAGS, ...WHO],      answer: putManifest },
  { on: "manifest",  methods: ["DELETE"],      action: "repository:delete", steps: [NAME, REF, ...WHO],            answer: deleteManifest },
  { on: "blob",      methods: ["GET"],         action: "repository:pull",   steps: [NAME, DIGEST, ...WHO],         answer: getBlob },
  { on: "blob",      methods: ["HEAD"],        action: "repository:pull",   steps: [NAME, DIGEST, ...WHO],         answer: headBlob },
  { on: "blob",      methods: ["DELETE"],      action: "repository:delete", steps: [NAME, DIGEST, ...WHO, authorizeForce], answer: deleteBlob },
  { on: "referrers", methods: ["GET", "HEAD"], action: "repository:pull",   steps: [NAME, DIGEST, ...WHO],         answer: listReferrers },
  { on: "uploads",   methods: ["POST"],        action: "repository:push",   steps: [NAME, ...WHO],                 answer: startUpload },
  { on: "upload",    methods: ["GET"],         action: "repository:push",   steps: [NAME, ...WHO],                 answer: getUpload },
  { on: "upload",    methods: ["PATCH"],       action: "repository:push",   steps: [NAME, ...WHO],                 answer: patchUpload },
  { on: "upload",    methods: ["PUT"],         action: "repository:push",   steps: [NAME, ...WHO],                 answer: putUpload },
  { on: "upload",    methods: ["DELETE"],      action: "repository:push",   steps: [NAME, ...WHO],                 answer: deleteUpload },
];

/** Finds the endpoint, or the methods that the route does have. */
export function endpointTable() {
  const table = new Map<string, Endpoint>();
  const methods = new Map<RouteKind, string[]>();
  for (const endpoint of endpoints) {
    for (const method of endpoint.methods) table.set(`${method} ${endpoint.on}`, endpoint);
    methods.set(endpoint.on, [...(methods.get(endpoint.on) ?? []), ...endpoint.methods]);
  }
  return {
    find: (method: string, route: RouteKind) => table.get(`${method} ${route}`),
    allowed: (route: RouteKind) => methods.get(route) ?? [],
  };
}
