import type { Command } from "commander";
import { z } from "zod";
import { readEvents, type StreamEvent } from "../../client/event-stream.ts";
import { path, type RestClient } from "../../client/rest.ts";
import { RestFault } from "../../client/rest-fault.ts";
import { Complaint, EXIT } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { printable } from "./printable.ts";
import { type Remote, read } from "./remote.ts";
import { addVerb } from "./verb.ts";

const state = z.object({
  id: z.string(),
  state: z.string(),
  progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
  error: z.string().nullable(),
  finishedAt: z.number().nullable(),
});
const line = z.object({ at: z.number(), level: z.string(), message: z.string() });

/** How often one comes back to a server that ends the answer without a word. */
const MOST_IN_VAIN = 5;

/** Every event until the job has ended, over as many answers as that takes. */
async function* follow(rest: RestClient, target: string): AsyncGenerator<StreamEvent> {
  let last = "";
  let inVain = 0;
  while (inVain < MOST_IN_VAIN) {
    inVain += 1;
    const headers = last === "" ? {} : { "last-event-id": last };
    let wasNew = false;
    for await (const event of readEvents(rest.stream(target, {}, headers))) {
      // The first event of an answer tells how things stand, news or not.
      if (wasNew) inVain = 0;
      wasNew = true;
      last = event.id;
      yield event;
    }
  }
  throw new RestFault("unreachable", "the server ended the answer before the job had ended");
}

async function tell(remote: Remote, { event, data }: StreamEvent, told: string): Promise<string> {
  const body = read(z.unknown(), JSON.parse(data));
  if (remote.isData) {
    await remote.printRecord({ event, data: body });
    return told;
  }
  if (event === "log") {
    await remote.line(read(line, body));
    return told;
  }
  const { state: now, progress } = read(state, body);
  const how = progress === null ? "" : ` ${progress.done}/${progress.total ?? "?"}`;
  const said = `${now}${how}`;
  if (said !== told) await remote.note({ en: "{said}", zh: "{said}" }, { said });
  return said;
}

/** `entrepot job watch`: fails when the job does. */
export function addJobWatch(command: Command, context: RemoteContext): void {
  addVerb(command, context, {
    usage: "watch <id>",
    words: {
      en: "follow a job until it has ended; fails when the job does",
      zh: "跟踪任务直至结束；任务失败则命令失败",
    },
    example: "entrepot job watch 01kn3rv1t8h7yqk9w2m4c6x0za",
    async run(remote, [id = ""]) {
      let told = "";
      for await (const event of follow(remote.rest, path`/jobs/${id}/events`)) {
        told = await tell(remote, event, told);
        if (event.event !== "job") continue;
        const job = read(state, JSON.parse(event.data));
        if (job.finishedAt === null) continue;
        if (job.state === "done") return;
        const why = printable(job.error ?? "");
        throw new Complaint(EXIT.failed, {
          en: `the job is ${printable(job.state)}: ${why}`,
          zh: `任务未完成（${printable(job.state)}）：${why}`,
        });
      }
    },
  });
}
