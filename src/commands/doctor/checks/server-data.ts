import { access, constants, stat } from "node:fs/promises";
import { loadConfig } from "../../../config/load.ts";
import { ConfigError } from "../../../config/problems.ts";
import type { Config } from "../../../config/schema.ts";
import { printable } from "../../remote/printable.ts";
import { broken, type Check, type Finding, fine, note } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { sizeText, spaceOf } from "../space.ts";
import { reasonOf } from "../wire.ts";

function configOf({ files, env }: Patient): Config | Finding {
  const { config: file, data } = files;
  const overrides = data === undefined ? [] : [{ name: "data", value: data, origin: "--data" }];
  try {
    return loadConfig({ overrides, env, ...(file === undefined ? {} : { file }) }).config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const words = { en: printable(error.words("en")), zh: printable(error.words("zh")) };
    return broken("server_data.config", words, {
      en: "`entrepot config check` tells the same, with every line.",
      zh: "`entrepot config check` 会逐行给出同样的说明。",
    });
  }
}

async function permissions(folder: string): Promise<Finding | undefined> {
  const shown = printable(folder);
  try {
    const found = await stat(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if ((found.mode & 0o007) === 0) return undefined;
    const mode = (found.mode & 0o777).toString(8);
    return note(
      "server_data.open",
      {
        en: `everybody on this machine may look into ${shown} (mode ${mode})`,
        zh: `本机所有人都可访问 ${shown}（权限 ${mode}）`,
      },
      { en: `chmod o-rwx ${shown}`, zh: `chmod o-rwx ${shown}` },
    );
  } catch (error) {
    const why = reasonOf(error);
    return broken(
      "server_data.permissions",
      { en: `${shown} cannot be used: ${why}`, zh: `无法使用 ${shown}：${why}` },
      {
        en: "Run this as the account that the server runs as; then `chown -R` the folder to it. In a container the folder's owner has to be the container's user.",
        zh: "请以服务的运行账户执行本命令，再用 `chown -R` 将目录归其所有。容器中目录的所有者须为容器用户。",
      },
    );
  }
}

async function space({ data, storage }: Config): Promise<Finding> {
  const found = await spaceOf(data);
  const shown = printable(data);
  if (typeof found === "string") {
    const words = {
      en: `the space of ${shown} is not known: ${found}`,
      zh: `无法得知 ${shown} 的空间：${found}`,
    };
    return note("server_data.unknown", words);
  }
  const { total, free } = found;
  const kept = Math.max(storage.minFreeBytes, (total * storage.minFreePercent) / 100);
  const words = {
    en: `${shown}: ${sizeText(free)} free of ${sizeText(total)}; ${sizeText(kept)} have to stay free`,
    zh: `${shown}：共 ${sizeText(total)}，剩余 ${sizeText(free)}；须保留 ${sizeText(kept)}`,
  };
  if (free > kept) return fine("server_data.fine", words);
  return broken(
    "server_data.full",
    words,
    {
      en: "The server takes no more uploads: add space, or free some (`du -xh --max-depth=2` of the folder).",
      zh: "服务不再接受上传：请扩充空间或释放（对该目录执行 `du -xh --max-depth=2`）。",
    },
    {
      en: "`storage.min_free_bytes` and `storage.min_free_percent` say how much has to stay free.",
      zh: "须保留的空间由 `storage.min_free_bytes` 与 `storage.min_free_percent` 设定。",
    },
  );
}

/** On the server's machine: its configuration, the rights on its data folder, and the space there. */
export const serverData: Check<Patient> = {
  id: "server_data",
  title: { en: "the server's data", zh: "服务端数据" },
  needs: [],
  async run(patient) {
    const { config: file, data } = patient.files;
    if (file === undefined && data === undefined) return [];
    const config = configOf(patient);
    if ("code" in config) return [config];
    const bad = await permissions(config.data);
    if (bad?.level === "broken") return [bad];
    return [...(bad === undefined ? [] : [bad]), await space(config)];
  },
};
