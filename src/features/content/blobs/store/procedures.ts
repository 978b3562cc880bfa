import { commitBlob } from "./commit.ts";
import { mountBlob, touchBlob } from "./mount.ts";
import { unlinkBlob } from "./unlink.ts";

/** Every write of blobs. */
export const blobProcedures = [commitBlob, mountBlob, touchBlob, unlinkBlob];
