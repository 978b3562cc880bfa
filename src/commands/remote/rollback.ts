import type { Command } from "commander";
import { z } from "zod";
import { path } from "../../client/rest.ts";
import { RestProblem } from "../../client/rest-fault.ts";
import { Complaint, EXIT, misuse } from "./complaint.ts";
import type { RemoteContext } from "./connection.ts";
import { tagView } from "./content-views.ts";
import { printable } from "./printable.ts";
import { type ReferencePlace, referencePlace } from "./reference.ts";
import { type Remote, read } from "./remote.ts";
import { addVerb } from "./verb.ts";

const move = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  fromIsHere: z.boolean(),
  toIsHere: z.boolean(),
});
const SHORTEST = 6;

/** What a tag can go back to. */
interface Earlier {
  readonly digest: string;
  /** Whether the image is still there. */
  readonly isHere: boolean;
}

async function digestNow(remote: Remote, place: ReferencePlace): Promise<string | undefined> {
  const { project, repository, reference: tag } = place;
  try {
    return (await remote.rest.ask("getTag", { params: { project, repository, tag } })).digest;
  } catch (error) {
    // One that was deleted can come back.
    if (error instanceof RestProblem && error.code === "manifest.unknown") return undefined;
    throw error;
  }
}

/** Where a tag has been, the latest first; without where it is. */
async function* earlier(remote: Remote, place: ReferencePlace): AsyncGenerator<Earlier> {
  const { project, repository, reference: tag } = place;
  const now = await digestNow(remote, place);
  const list = path`/projects/${project}/repositories/${repository}/tags/${tag}/history`;
  for await (const item of remote.rest.list(list)) {
    const { from, to, fromIsHere, toIsHere } = read(move, item);
    if (to !== null && to !== now) yield { digest: to, isHere: toIsHere };
    if (from !== null && from !== now) yield { digest: from, isHere: fromIsHere };
  }
}

/** Throws `Complaint` where there is nothing, or nothing of it, to go back to. */
async function chosen(
  remote: Remote,
  place: ReferencePlace,
  wanted: string | undefined,
): Promise<string> {
  const gone: string[] = [];
  for await (const { digest, isHere } of earlier(remote, place)) {
    if (wanted !== undefined && !digest.startsWith(wanted)) continue;
    if (isHere) return digest;
    gone.push(digest);
  }
  const [first] = gone;
  const shown = printable(wanted ?? place.reference);
  throw new Complaint(
    EXIT.unknown,
    first === undefined
      ? {
          en: `${shown}: there is nothing earlier to go back to; see \`entrepot history\``,
          zh: `${shown}：没有可回退的更早版本；请查看 \`entrepot history\``,
        }
      : {
          en: `what it was before is not there any more: ${first}`,
          zh: `之前所指的制品已不存在：${first}`,
        },
  );
}

/** The beginning of a digest, with or without its algorithm. Throws `Complaint`. */
export function beginningOf(text: string): string {
  const full = text.includes(":") ? text : `sha256:${text}`;
  const hex = full.slice(full.indexOf(":") + 1);
  if (/^[0-9a-f]+$/.test(hex) && hex.length >= SHORTEST) return full;
  throw misuse(
    `--to is a digest, or ${SHORTEST} or more of its first signs`,
    `--to 须为摘要或其前 ${SHORTEST} 位以上的字符`,
  );
}

/** `entrepot rollback`: a tag goes back to what it was; one that was deleted, too. */
export function addRollback(program: Command, context: RemoteContext): void {
  addVerb<{ readonly to?: string }>(program, context, {
    usage: "rollback <reference>",
    names: 1,
    words: {
      en: "let a tag (NAME:TAG) be what it was before, or bring a deleted one back; once more undoes it",
      zh: "使标签（名称:标签）回到之前所指的制品，或恢复已删除的标签；再次执行即撤销",
    },
    example: [
      "entrepot rollback team/web/api:stable",
      "entrepot rollback team/web/api:stable --to 3f1c0a9b",
    ],
    options: [
      {
        flags: "--to <digest>",
        words: {
          en: "further back: a digest that it has been, or the beginning of one",
          zh: "回到更早：曾指向的摘要，或其开头部分",
        },
      },
    ],
    async run(remote, [given = ""], { to }) {
      const place = referencePlace(given);
      const { project, repository, reference: tag } = place;
      if (tag.includes(":")) throw misuse(`${given} is no tag`, `${given} 不是标签`);
      const wanted = to === undefined ? undefined : beginningOf(to);
      const digest = await chosen(remote, place, wanted);
      const params = { project, repository, tag };
      await remote.show(tagView, await remote.rest.ask("setTag", { params, body: { digest } }));
    },
  });
}
