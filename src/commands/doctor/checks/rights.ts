import { z } from "zod";
import { suggest } from "../../../config/suggest.ts";
import { printable } from "../../remote/printable.ts";
import { askApi, jsonOf } from "../asking.ts";
import { broken, type Check, type Finding, fine, note, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";

const explanation = z.object({
  principal: z.string(),
  allowed: z.boolean(),
  reason: z.string(),
  words: z.object({ en: z.string(), zh: z.string() }),
});
const page = z.object({ items: z.array(z.object({ name: z.string() })) });

/** The projects that the caller may see: some of them, to name the one that was meant. */
async function known(patient: Patient): Promise<string[]> {
  const parsed = page.safeParse(jsonOf(await askApi(patient, "GET", "/projects?limit=200")));
  return parsed.success ? parsed.data.items.map(({ name }) => name) : [];
}

async function unknownProject(patient: Patient, project: string): Promise<Finding> {
  const meant = suggest(project, await known(patient));
  const shown = printable(project);
  const more =
    meant === undefined ? ["", ""] : [`; did you mean ${meant}?`, `；您是否想写 ${meant}？`];
  return broken(
    "rights.project_unknown",
    {
      en: `there is no project ${shown}, or you may not know of it${more[0]}`,
      zh: `不存在项目 ${shown}，或您无权知晓${more[1]}`,
    },
    {
      en: "The first part of an image's name is its project, and projects are made before anything is pushed: `entrepot project create NAME`; `entrepot project list` tells which there are.",
      zh: "镜像名的第一段是项目，推送前须先创建：`entrepot project create 名称`；`entrepot project list` 可列出现有项目。",
    },
    {
      en: "A name of one part only, such as `alpine`, is of the project `library`.",
      zh: "只有一段的名称（如 `alpine`）属于项目 `library`。",
    },
  );
}

/** May I, and why not? */
async function explained(patient: Patient, repository: string, verb: "pull" | "push") {
  const body = {
    action: `repository:${verb}`,
    on: { kind: "repository", name: repository },
  };
  const reply = await askApi(patient, "POST", "/access/explain", body);
  const parsed = explanation.safeParse(jsonOf(reply));
  if (!parsed.success) return undefined;
  const { allowed, words, principal } = parsed.data;
  if (verb === "push") patient.learned.mayPush = allowed;
  const who = printable(principal);
  const name = printable(repository);
  if (allowed) {
    return fine(`rights.${verb}`, {
      en: `${who} may ${verb} ${name}`,
      zh: `${who} 可 ${verb} ${name}`,
    });
  }
  const level = verb === "pull" ? broken : warning;
  return level(
    `rights.no_${verb}`,
    {
      en: `${who} may not ${verb} ${name}: ${printable(words.en)}`,
      zh: `${who} 不可 ${verb} ${name}：${printable(words.zh)}`,
    },
    {
      en: `Whoever runs the project gives a role: \`entrepot project grant PROJECT ${who} ${verb === "pull" ? "guest" : "developer"}\`.`,
      zh: `由项目管理者授予角色：\`entrepot project grant 项目 ${who} ${verb === "pull" ? "guest" : "developer"}\`。`,
    },
    {
      en: `Step by step: \`entrepot access explain --action ${verb} --on ${name}\`.`,
      zh: `逐步说明：\`entrepot access explain --action ${verb} --on ${name}\`。`,
    },
  );
}

/** May I pull and push there, and why not? */
export const rights: Check<Patient> = {
  id: "rights",
  title: { en: "rights", zh: "权限" },
  needs: ["names", "credentials"],
  async run(patient) {
    const { project, repository } = patient;
    if (project === undefined) return [];
    const reply = await askApi(patient, "GET", `/projects/${encodeURIComponent(project)}`);
    const isOurs = reply?.header("content-type")?.includes("json") === true;
    if (reply === undefined || !isOurs) {
      const words = {
        en: "this registry cannot be asked for reasons",
        zh: "该仓库无法说明权限原因",
      };
      return [note("rights.unknown", words)];
    }
    if (reply.status === 404) return [await unknownProject(patient, project)];
    if (reply.status === 401) {
      const words = { en: "log in to be told what you may do", zh: "登录后方可得知您的权限" };
      return [note("rights.stranger", words)];
    }
    const where = repository ?? `${project}/doctor`;
    const found = [
      await explained(patient, where, "pull"),
      await explained(patient, where, "push"),
    ];
    return found.filter((each) => each !== undefined);
  },
};
