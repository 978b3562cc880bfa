import { call } from "../../api/client.ts";
import type { Quota } from "../../api/manage-types.ts";
import { under } from "../scope.ts";

/** What a project uses, and what it may. */
export function quotaQuery(project: string) {
  return {
    queryKey: ["quota", project],
    queryFn: () => call<Quota>("GET", under(project, "/quota")),
  };
}
