/** A blob that a manifest names. */
export interface Part {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** What a tool that pushed a file called it. */
  readonly title: string | undefined;
}

export interface Child {
  readonly digest: string;
  readonly mediaType: string;
  readonly platform: string | undefined;
}

/** What the page shows of a manifest. */
export interface ManifestText {
  readonly text: string;
  readonly blobs: readonly Part[];
  readonly children: readonly Child[];
  /** Bytes of everything that it names. */
  readonly total: number;
}

const TITLE = "org.opencontainers.image.title";

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function partOf(raw: Readonly<Record<string, unknown>>): Part {
  const title = textOf(record(raw.annotations)[TITLE]);
  return {
    digest: textOf(raw.digest),
    mediaType: textOf(raw.mediaType),
    size: typeof raw.size === "number" ? raw.size : 0,
    title: title === "" ? undefined : title,
  };
}

function platformOf(raw: unknown): string | undefined {
  const { os, architecture, variant } = record(raw);
  const parts = [os, architecture, variant].map(textOf).filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join("/");
}

/** Takes a manifest apart: the server has checked it, so what is not there is left out. */
export function readManifest(json: unknown): ManifestText {
  const manifest = record(json);
  const config = manifest.config === undefined ? [] : [record(manifest.config)];
  const blobs = [...config, ...list(manifest.layers)].map(partOf);
  const children = list(manifest.manifests).map((raw) => ({
    digest: textOf(raw.digest),
    mediaType: textOf(raw.mediaType),
    platform: platformOf(raw.platform),
  }));
  const sizes = [...blobs, ...list(manifest.manifests).map(partOf)].map(({ size }) => size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return { text: JSON.stringify(json, null, 2), blobs, children, total };
}
