import { formatDuration } from "../../../config/units.ts";
import { ask } from "../asking.ts";
import { broken, type Check, fine, note } from "../finding.ts";
import type { Patient } from "../patient.ts";

/** Tokens are taken with so much difference, and not with more. */
const MOST = 60_000;

/** The clocks of this machine and of the server, by the `Date` of an answer. */
export const clock: Check<Patient> = {
  id: "clock",
  title: { en: "clock", zh: "时钟" },
  needs: ["tls"],
  async run(patient) {
    const reply = await ask(patient, { method: "GET", target: "/v2/" });
    if (reply === undefined) return [];
    const date = Date.parse(reply.header("date") ?? "");
    if (Number.isNaN(date)) {
      const words = { en: "the answer has no Date", zh: "应答缺少 Date 头" };
      return [note("clock.unknown", words)];
    }
    // The header counts whole seconds, and was written somewhere between sending and receiving.
    const early = date - reply.receivedAt;
    const late = date + 1_000 - reply.sentAt;
    const off = early > 0 ? early : Math.min(late, 0);
    if (Math.abs(off) <= MOST) {
      return [fine("clock.fine", { en: "both clocks agree", zh: "双方时钟一致" })];
    }
    // Seconds say nothing of a difference of hours.
    const unit = Math.abs(off) > 10 * MOST ? MOST : 1_000;
    const by = formatDuration(Math.round(Math.abs(off) / unit) * unit);
    const [en, zh] = off > 0 ? ["behind", "慢"] : ["ahead of", "快"];
    return [
      broken(
        "clock.skew",
        {
          en: `the clock of this machine is ${by} ${en} the server's`,
          zh: `本机时钟比服务端${zh} ${by}`,
        },
        {
          en: "Find out which one is wrong (`date -u` on both), and let it be set: `timedatectl set-ntp true`; in virtual machines also after they were paused.",
          zh: "请确认哪一方有误（在两端执行 `date -u`）并启用校时：`timedatectl set-ntp true`；虚拟机暂停恢复后亦须校时。",
        },
        {
          en: "Till then tokens count as expired or not yet valid (`docker login` works, then pulls are refused), and certificates may, too.",
          zh: "在此之前，令牌会被视为过期或尚未生效（`docker login` 成功但拉取被拒），证书亦然。",
        },
      ),
    ];
  },
};
