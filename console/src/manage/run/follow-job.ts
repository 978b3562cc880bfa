import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Job, JobDetail, JobLog } from "../../api/run-types.ts";

const ENDED = new Set(["done", "failed", "cancelled"]);

/**
 * Follows a job as the server tells of it, and puts what it says to what was read. True while the
 * line is open; the browser takes it up again by itself, from where it broke off.
 */
export function useFollowJob(id: string, state: Job["state"] | undefined): boolean {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const isRunning = state !== undefined && !ENDED.has(state);
  useEffect(() => {
    if (!isRunning) return;
    const key = ["jobs", id];
    const source = new EventSource(`/api/v1/jobs/${id}/events`);
    const change = (by: (before: JobDetail) => JobDetail) =>
      client.setQueryData<JobDetail>(key, (before) => before && by(before));
    source.addEventListener("open", () => setOpen(true));
    source.addEventListener("error", () => setOpen(false));
    source.addEventListener("job", (event) => {
      const job: Job = JSON.parse(event.data);
      change((before) => ({ ...before, ...job }));
      if (ENDED.has(job.state)) {
        source.close();
        void client.invalidateQueries({ queryKey: ["jobs"] });
      }
    });
    source.addEventListener("log", (event) => {
      const line: JobLog = JSON.parse(event.data);
      const isSame = (each: JobLog) => each.at === line.at && each.message === line.message;
      change((before) =>
        before.logs.some(isSame) ? before : { ...before, logs: [...before.logs, line] },
      );
    });
    return () => {
      source.close();
      setOpen(false);
    };
  }, [id, isRunning, client]);
  return isOpen;
}
