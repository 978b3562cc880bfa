/** One file of the built console, with what is sent in its place to clients that can unpack it. */
export interface Asset {
  /** As in the URL, with the slash before it. */
  readonly path: string;
  readonly type: string;
  /** Its name has a hash of its content, so it can be kept for ever. */
  readonly isImmutable: boolean;
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly brotli: Uint8Array<ArrayBuffer>;
}

/** How the build writes a bundle: JSON with the bytes in base64. */
export interface BundleFile {
  readonly path: string;
  readonly type: string;
  readonly isImmutable: boolean;
  readonly raw: string;
  readonly gzip: string;
  readonly brotli: string;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "base64"));
}

export function readBundle(text: string): Asset[] {
  const files = JSON.parse(text) as readonly BundleFile[];
  return files.map(({ path, type, isImmutable, raw, gzip, brotli }) => ({
    path,
    type,
    isImmutable,
    raw: bytes(raw),
    gzip: bytes(gzip),
    brotli: bytes(brotli),
  }));
}
