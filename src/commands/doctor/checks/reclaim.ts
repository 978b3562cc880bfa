import { z } from "zod";
import { HOUR, systemClock } from "../../../kernel/clock.ts";
import { printable } from "../../remote/printable.ts";
import { timeText } from "../../remote/values.ts";
import { askApi, jsonOf } from "../asking.ts";
import { type Check, type Finding, fine, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";

const time = z.number().int();
const statusShape = z.object({
  paused: z.object({ at: time, by: z.string() }).nullable(),
  isEnabled: z.boolean(),
  nextDue: time.nullable(),
  nodes: z.array(z.object({ node: z.string(), error: z.string().nullable() })),
});

type Status = z.infer<typeof statusShape>;

/** What has been due for longer than this should be gone. */
const PATIENCE = HOUR;

function paused({ at, by }: NonNullable<Status["paused"]>): Finding {
  const [when, who] = [timeText(at), printable(by)];
  return warning(
    "reclaim.paused",
    {
      en: `reclaiming has been paused since ${when}, by ${who}: no space comes back`,
      zh: `空间回收自 ${when} 起由 ${who} 暂停：空间不会释放`,
    },
    {
      en: "`entrepot reclaim resume` lets it go on, once the reason is gone.",
      zh: "原因消除后，执行 `entrepot reclaim resume` 继续。",
    },
  );
}

function behind({ nextDue, nodes, isEnabled }: Status): Finding | undefined {
  if (nextDue === null || systemClock.now() - nextDue <= PATIENCE) return undefined;
  const errors = nodes.flatMap(({ node, error }) =>
    error === null ? [] : [`${printable(node)}: ${printable(error)}`],
  );
  const [why, inChinese] =
    errors.length === 0 ? ["", ""] : [` (${errors.join(", ")})`, `（${errors.join("，")}）`];
  const nobody = !isEnabled && nodes.length === 0;
  return warning(
    "reclaim.behind",
    {
      en: `reclaiming is behind: something has been due since ${timeText(nextDue)}${why}`,
      zh: `空间回收滞后：${timeText(nextDue)} 起就有应回收的内容${inChinese}`,
    },
    nobody
      ? {
          en: "No node reclaims: set `reclaim.enabled` on one of them.",
          zh: "没有节点进行回收：请在其中一个节点启用 `reclaim.enabled`。",
        }
      : {
          en: "`entrepot reclaim status` tells which nodes sweep and what held them up. While a backup is made nothing is reclaimed: is one running for long?",
          zh: "`entrepot reclaim status` 显示各节点的回收情况与受阻原因。备份期间不回收：是否有备份长时间运行？",
        },
  );
}

/** Whether space comes back, for whoever may know of it. */
export const reclaim: Check<Patient> = {
  id: "reclaim",
  title: { en: "reclaiming", zh: "空间回收" },
  needs: ["credentials"],
  async run(patient) {
    const status = statusShape.safeParse(jsonOf(await askApi(patient, "GET", "/reclaim")));
    if (!status.success) return [];
    if (status.data.paused !== null) return [paused(status.data.paused)];
    const late = behind(status.data);
    if (late !== undefined) return [late];
    return [
      fine("reclaim.fine", {
        en: "what is not held any more is reclaimed",
        zh: "不再被引用的内容正常回收",
      }),
    ];
  },
};
