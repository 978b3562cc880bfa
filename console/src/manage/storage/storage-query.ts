import { queryOptions } from "@tanstack/react-query";
import type { Schemas } from "../../../../src/client/api/shapes.gen.ts";
import { call } from "../../api/client.ts";
import { type Scope, under } from "../scope.ts";

export type Growth = Schemas["StorageGrowth"];
export type ProjectGrowth = Schemas["ProjectStorageGrowth"];
export type Measured = Schemas["ProjectSpaces"]["items"][number];
export type MeasuredPage = Schemas["ProjectSpaces"];

/** How what is stored has grown in the last 30 days, and when the disk is full. */
export const growthQuery = queryOptions({
  queryKey: ["storage", "growth"],
  queryFn: () => call<Growth>("GET", "/lens/growth"),
});

/** The same of a project. */
export function projectGrowthQuery(project: string) {
  return queryOptions({
    queryKey: ["storage", "growth", project],
    queryFn: () => call<ProjectGrowth>("GET", under(project, "/lens/growth")),
  });
}

/** Where use is told as a file of figures. */
export function usageUrl(scope: Scope): string {
  return `/api/v1${under(scope, "/lens/usage/export")}?by=repository`;
}
