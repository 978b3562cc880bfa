import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Command } from "commander";
import { Complaint, EXIT, misuse } from "../remote/complaint.ts";
import type { ConnectionFlags, RemoteContext } from "../remote/connection.ts";
import { printable } from "../remote/printable.ts";
import type { Remote } from "../remote/remote.ts";
import { addVerb } from "../remote/verb.ts";
import { type Examined, examine } from "./examine.ts";
import { type Files, newLearned, type Patient } from "./patient.ts";
import { examinedJson, examinedText } from "./report.ts";
import { checks } from "./table.ts";
import { parseTarget, type Target } from "./target.ts";

interface Flags extends ConnectionFlags {
  readonly project?: string;
  readonly repository?: string;
  readonly resolve?: string;
  readonly images?: string;
  readonly config?: string;
  readonly data?: string;
  readonly etc?: string;
}

const USUAL_IMAGES = ["/var/lib/docker", "/var/lib/containers/storage", "/var/lib/containerd"];

/** `name=address`, any number of them. */
function resolvedBy(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((each) => {
      const [name = "", address = ""] = each.split("=");
      const bare = address.replace(/^\[|\]$/g, "");
      if (name !== "" && isIP(bare) !== 0) return [name.toLowerCase(), bare];
      throw misuse(
        `${printable(each)} is not NAME=ADDRESS`,
        `${printable(each)} 不是 名称=地址 的形式`,
      );
    }),
  );
}

/** Where docker keeps images: its own file may say another place. */
async function imageFolders(etc: string): Promise<string[]> {
  try {
    const settings: unknown = JSON.parse(await readFile(join(etc, "docker/daemon.json"), "utf8"));
    const root =
      typeof settings === "object" && settings !== null ? Reflect.get(settings, "data-root") : "";
    if (typeof root === "string" && root !== "") return [root, ...USUAL_IMAGES.slice(1)];
  } catch {
    // No such file, or one that docker itself could not read: the usual folders.
  }
  return USUAL_IMAGES;
}

function repositoryOf({ project, repository }: Flags, target: Target): string | undefined {
  const named = repository ?? target.repository;
  if (named === undefined) return undefined;
  const isBelow = project !== undefined && !named.startsWith(`${project}/`);
  if (isBelow) return `${project}/${named}`;
  // A name of one part is of the project `library`, as on the wire.
  return named.includes("/") ? named : `library/${named}`;
}

async function patientOf(
  given: string | undefined,
  flags: Flags,
  { env, language }: RemoteContext,
  remote: Remote,
): Promise<Patient> {
  const text = given ?? remote.url.href.replace(/\/$/, "");
  const target = parseTarget(text);
  const repository = repositoryOf(flags, target);
  const etc = flags.etc ?? "/etc";
  const files: Files = {
    etc,
    images: flags.images?.split(",") ?? (await imageFolders(etc)),
    config: flags.config,
    data: flags.data,
  };
  return {
    target,
    project: flags.project ?? repository?.split("/")[0],
    repository,
    credential: remote.credential,
    ca: flags.caFile === undefined ? undefined : await remote.inputs.text(flags.caFile),
    resolved: resolvedBy(flags.resolve?.split(",") ?? []),
    env,
    files,
    language,
    learned: newLearned(),
  };
}

async function run(remote: Remote, patient: Patient): Promise<void> {
  const { language } = patient;
  const done: Examined[] = [];
  for await (const each of examine(patient, checks)) {
    done.push(each);
    if (!remote.isData) await remote.print(examinedText(each, language));
  }
  if (remote.isData) {
    await remote.print(
      remote.dataText({ checks: done.map((each) => examinedJson(each, language)) }),
    );
  }
  const all = done.flatMap(({ findings }) => findings);
  const count = all.filter(({ level }) => level === "broken").length;
  if (count === 0) return await remote.note({ en: "nothing is broken", zh: "未发现故障" });
  throw new Complaint(EXIT.failed, { en: `${count} broken`, zh: `发现 ${count} 处故障` });
}

/** Hangs `entrepot doctor` into the program. */
export function addDoctor(program: Command, context: RemoteContext): void {
  addVerb<Flags>(program, context, {
    usage: "doctor [server]",
    words: {
      en: "find out why pulls or pushes fail from this machine, and say what to do; exit code 1 when something is broken",
      zh: "查明本机拉取或推送失败的原因并给出处理办法；发现故障时退出码为 1",
    },
    // A login that is kept for one server is not tried at another.
    isGiven: true,
    example: "entrepot doctor registry.example.com/team/app:v1",
    options: [
      {
        flags: "--project <name>",
        words: { en: "may I pull and push there?", zh: "检查在该项目中的拉取与推送权限" },
      },
      {
        flags: "--repository <name>",
        words: { en: "the same for one repository", zh: "检查某个仓库的权限" },
      },
      {
        flags: "--resolve <name=address>",
        words: {
          en: "take this address for the name, past the resolver; several with commas",
          zh: "对该名称使用此地址，不经解析器；多个以逗号分隔",
        },
      },
      {
        flags: "--images <folders>",
        words: {
          en: "where this machine keeps images, with commas (else docker's, podman's and containerd's)",
          zh: "本机存放镜像的目录，以逗号分隔（默认为 docker、podman 与 containerd 的目录）",
        },
      },
      {
        flags: "--etc <folder>",
        words: { en: "where its settings are: /etc", zh: "本机设置所在目录，默认 /etc" },
      },
      {
        flags: "--config <file>",
        words: {
          en: "on the server's machine: check its configuration, too",
          zh: "在服务端机器上：同时检查其配置",
        },
      },
      {
        flags: "--data <folder>",
        words: {
          en: "on the server's machine: check its data folder, too",
          zh: "在服务端机器上：同时检查其数据目录",
        },
      },
    ],
    async run(remote, [given], flags) {
      await run(remote, await patientOf(given, flags, context, remote));
    },
  });
}
