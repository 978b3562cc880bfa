import { broken, type Check, type Finding, fine, warning } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { type Space, sizeText, spaceOf } from "../space.ts";

const MIB = 2 ** 20;
/** Less than this holds no image's layers and their contents. */
const LEAST = 512 * MIB;
const LITTLE = 2_048 * MIB;

const ADVICE = {
  en: "See what is there and no longer used: `docker system df`, `docker system prune`; podman: `podman system prune`; Kubernetes: the image garbage collection of the kubelet.",
  zh: "查看并清理不再使用的内容：`docker system df`、`docker system prune`；podman：`podman system prune`；Kubernetes：kubelet 的镜像垃圾回收。",
};

/** Says whether images still have room in a folder. */
export function judgeSpace(folder: string, { total, free }: Space): Finding {
  const left = sizeText(free);
  const all = sizeText(total);
  const words = {
    en: `${folder}: ${left} free of ${all}`,
    zh: `${folder}：共 ${all}，剩余 ${left}`,
  };
  if (free < LEAST) return broken("client_disk.full", words, ADVICE);
  // Of a small disk a tenth is enough, of a large one a few gibibytes.
  if (free < Math.min(LITTLE, total / 10)) return warning("client_disk.low", words, ADVICE);
  return fine("client_disk.fine", words);
}

/** The space in the folders where this machine keeps images. */
export const clientDisk: Check<Patient> = {
  id: "client_disk",
  title: { en: "disk of this machine", zh: "本机磁盘" },
  needs: [],
  async run({ files }) {
    const found: Finding[] = [];
    for (const folder of files.images) {
      const space = await spaceOf(folder);
      // Not there: that client keeps nothing here.
      if (typeof space !== "string" && space.total > 0) found.push(judgeSpace(folder, space));
    }
    return found;
  },
};
