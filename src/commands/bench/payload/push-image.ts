import { headBlob, pushBlob } from "../../../client/registry/blobs.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { putManifest } from "../../../client/registry/manifests.ts";
import { StatusFault } from "../../../client/registry/status-fault.ts";
import type { Image } from "./images.ts";

/**
 * Pushes a whole image: HEAD of each blob first, as docker does; POST and one PUT, as containerd
 * does; then the manifest.
 */
export async function pushImage(
  caller: RegistryCaller,
  repository: string,
  tag: string,
  image: Image,
): Promise<void> {
  for (const blob of [...image.layers, image.config]) {
    const head = await headBlob(caller, repository, blob.digest);
    if (head.status === 200) continue;
    if (head.status !== 404) throw new StatusFault("HEAD", `blobs/${blob.digest}`, head.status);
    await pushBlob(caller, repository, blob);
  }
  await putManifest(caller, repository, tag, image.manifest);
}
