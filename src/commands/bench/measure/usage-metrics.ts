import { lower, type Metric, MIB } from "./metric.ts";
import type { Usage } from "./process-probe.ts";

const GIGABYTE = 1e9;

/** Processor time of the server for each 1,000 operations; nothing when its process is unknown. */
export function cpuPerThousand(variant: string, usage: Usage, operations: number): Metric[] {
  if (usage.cpuSeconds === undefined || operations === 0) return [];
  return [lower(variant, "server cpu", "s/1000", (usage.cpuSeconds * 1_000) / operations)];
}

/** Processor time of the server for each gigabyte (10⁹ bytes). */
export function cpuPerGigabyte(variant: string, usage: Usage, bytes: number): Metric[] {
  if (usage.cpuSeconds === undefined || bytes === 0) return [];
  return [lower(variant, "server cpu", "s/GB", (usage.cpuSeconds * GIGABYTE) / bytes)];
}

export function peakMemory(variant: string, usage: Usage): Metric[] {
  return usage.peakRss === undefined
    ? []
    : [lower(variant, "peak memory", "MiB", usage.peakRss / MIB)];
}

/** Bytes a second in the unit that suits the amount. */
export function gigabytesPerSecond(bytes: number, seconds: number): number {
  return bytes / GIGABYTE / seconds;
}

export function megabytesPerSecond(bytes: number, seconds: number): number {
  return bytes / 1e6 / seconds;
}
