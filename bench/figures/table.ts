import type { Figure } from "./figure.ts";
import { imagePush } from "./image-push.ts";
import { largeBlobPush, largeBlobRead } from "./large-blobs.ts";
import { idleMemory, loadedMemory } from "./memory.ts";
import { manifestByTag, smallBlob } from "./small-reads.ts";
import { tagPage } from "./tag-page.ts";

/** In this order, each on a server of its own. */
export const FIGURES: readonly Figure[] = [
  idleMemory,
  manifestByTag,
  smallBlob,
  largeBlobRead,
  largeBlobPush,
  imagePush,
  tagPage,
  loadedMemory,
];
