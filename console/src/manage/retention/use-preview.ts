import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { under } from "../scope.ts";
import type { Rule } from "./conditions.ts";

export type Run = Schemas["RetentionRun"];
export type Item = Schemas["RetentionItem"];

/** As many as show what a policy means. */
const SHOWN = 25;
/** How often a run that is under way is looked at. */
const LOOK = 250;

export interface Terms {
  readonly repositories: readonly string[];
  readonly rules: readonly Rule[];
}

export interface Previewed {
  readonly run: Run;
  readonly going: Page<Item>;
  readonly spared: Page<Item>;
}

const pause = (signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, LOOK);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

async function preview(
  project: string,
  policyId: string | null,
  terms: Terms,
  signal: AbortSignal,
): Promise<Previewed> {
  const body = { policyId, terms };
  let run = await call<Run>("POST", under(project, "/retention-previews"), body);
  const path = under(project, `/retention-runs/${run.id}`);
  while (run.state === "waiting" || run.state === "running") {
    await pause(signal);
    run = await call<Run>("GET", path);
  }
  if (run.state !== "done") throw new Error(run.error ?? run.state);
  const items = (outcome: string) =>
    call<Page<Item>>("GET", `${path}/items?limit=${SHOWN}&outcome=${outcome}`);
  return { run, going: await items("going"), spared: await items("spared") };
}

/** What a policy would do, looked at anew whenever it changes; null while it is not whole. */
export function usePreview(project: string, policyId: string | null, terms: Terms | null) {
  return useQuery({
    queryKey: ["retention-preview", project, policyId, JSON.stringify(terms)],
    queryFn: ({ signal }) =>
      preview(project, policyId, terms ?? { repositories: [], rules: [] }, signal),
    enabled: terms !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
