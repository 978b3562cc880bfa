import type { Schemas } from "../../../src/client/api/shapes.gen.ts";

export type Job = Schemas["Job"];
export type JobState = Job["state"];
export type JobDetail = Schemas["JobDetail"];
export type JobLog = JobDetail["logs"][number];
export type JobSchedule = Schemas["JobSchedule"];
export type Overview = Schemas["StatisticsOverview"];
export type TrafficPoint = Schemas["InstallationTraffic"]["items"][number];
export type RepositoryUsage = Schemas["RepositoryUsage"];
export type RouteFigures = Schemas["RouteStatistics"];
export type SystemState = Schemas["System"];

/** What is counted, in the order of the dashboard. */
export const COUNTS = [
  "projects",
  "repositories",
  "tags",
  "manifests",
  "blobs",
  "users",
  "robots",
  "groups",
] as const satisfies readonly (keyof Overview["counts"])[];
