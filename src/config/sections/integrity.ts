import { key, section } from "../key.ts";
import { orWord, size, text } from "../kinds.ts";

const CRON =
  /^(?:@(?:hourly|daily|weekly|monthly|yearly)|[\d*/,A-Za-z-]+(?: +[\d*/,A-Za-z-]+){4})$/;

export const integrity = section(
  {
    en: "Checking that stored content is what was pushed.",
    zh: "校验存储内容是否与推送时一致。",
  },
  {
    scrubSchedule: key(
      orWord(
        text(
          {
            en: "a cron pattern of five fields in UTC, such as `0 1 * * 0`",
            zh: "五段 cron 表达式（UTC），如 `0 1 * * 0`",
          },
          (value) => CRON.test(value),
        ),
        "never",
      ),
      {
        default: "0 1 * * 0",
        en: "When all content is read and hashed. A scrub that is still running is not started twice.",
        zh: "何时读取并校验全部内容。仍在进行的校验不会重复启动。",
      },
    ),
    scrubRate: key(orWord(size(65_536), "unlimited"), {
      default: "32MiB",
      en: "How many bytes a second a node reads for it.",
      zh: "每个节点每秒为此读取的字节数。",
    }),
  },
);
