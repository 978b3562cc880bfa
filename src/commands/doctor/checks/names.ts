import { Failure } from "../../../kernel/errors/catalogue.ts";
import { parseRepositoryName } from "../../../oci/name.ts";
import { printable } from "../../remote/printable.ts";
import { broken, type Check, type Finding, fine } from "../finding.ts";
import type { Patient } from "../patient.ts";

function isName(text: string): boolean {
  try {
    parseRepositoryName(text);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function judge(text: string): Finding | undefined {
  if (isName(text)) return undefined;
  const shown = printable(text);
  const lower = text.toLowerCase();
  if (lower !== text && isName(lower)) {
    return broken(
      "names.capitals",
      {
        en: `the name ${shown} has capital letters, which no registry accepts`,
        zh: `名称 ${shown} 含大写字母，任何仓库都不接受`,
      },
      {
        en: `Write ${lower}; an image that has the other name gets this one by \`docker tag\`.`,
        zh: `请写成 ${lower}；已有镜像可用 \`docker tag\` 改名。`,
      },
      {
        en: "In pipelines, names made of branches or owners have to be put into lower case first.",
        zh: "流水线中由分支名或所有者名拼成的名称，须先转为小写。",
      },
    );
  }
  return broken(
    "names.invalid",
    { en: `${shown} cannot be the name of a repository`, zh: `${shown} 不能作为仓库名` },
    {
      en: "Parts are lower-case letters and digits, joined by one `.`, one or two `_`, or `-`; parts are parted by `/`.",
      zh: "名称各段由小写字母与数字组成，以单个 `.`、一到两个 `_` 或 `-` 连接，段间用 `/` 分隔。",
    },
  );
}

/** Names of projects and repositories, as they would be pushed to. */
export const names: Check<Patient> = {
  id: "names",
  title: { en: "names", zh: "名称" },
  needs: [],
  async run({ project, repository }) {
    const given = [...new Set([project, repository])].filter((each) => each !== undefined);
    if (given.length === 0) return [];
    const found = given.map(judge).filter((each) => each !== undefined);
    // A repository that begins with the bad project says it already.
    const [first] = found;
    if (first !== undefined) return [first];
    return [
      fine("names.fine", { en: `${given.join(", ")} can be used`, zh: `${given.join("、")} 可用` }),
    ];
  },
};
