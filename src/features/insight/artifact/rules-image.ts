import type { Descriptor } from "../../../oci/manifest.ts";
import type { ImageConfig, LayerInsight } from "./insight.ts";
import { fieldsOf, keysOf, mapOf, textOf, textsOf, textsOrNull, timeOf } from "./rules-pick.ts";

const TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);

/** Whether a config of this type is that of a container image. */
export function isImageConfig(mediaType: string): boolean {
  return TYPES.has(mediaType);
}

/** Whether a layer of this type is an archive of files: an image's, or whatever says `tar`. */
export function isBrowsable(mediaType: string): boolean {
  return /[.+/-](?:tar|tgz)(?:[.+-](?:gzip|gz|zstd))?$/.test(mediaType.split(";", 1)[0] ?? "");
}

/** More layers than any file system lays upon one another. */
export const MOST_LAYERS = 200;

/** Longer commands are seldom read to their end. */
const MOST_COMMAND = 16_384;

/** What the config of an image says; what is not as it must be is left out. */
export function readImageConfig(json: unknown): ImageConfig {
  const image = fieldsOf(json);
  const config = fieldsOf(image.config);
  const health = textsOf(fieldsOf(config.Healthcheck).Test);
  return {
    os: textOf(image.os, 255),
    architecture: textOf(image.architecture, 255),
    variant: textOf(image.variant, 255),
    created: timeOf(image.created),
    author: textOf(image.author, 1_024),
    entrypoint: textsOrNull(config.Entrypoint),
    cmd: textsOrNull(config.Cmd),
    env: textsOf(config.Env),
    user: textOf(config.User, 255),
    workingDir: textOf(config.WorkingDir, 4_096),
    exposedPorts: keysOf(config.ExposedPorts),
    volumes: keysOf(config.Volumes),
    labels: mapOf(config.Labels),
    stopSignal: textOf(config.StopSignal, 255),
    healthcheck: health.length === 0 ? null : textOf(health.join(" "), MOST_COMMAND),
  };
}

/** A shell's command without the words that every one begins with. */
function commandOf(createdBy: string | null): string | null {
  if (createdBy === null) return null;
  const plain = createdBy.replace(/^\/bin\/sh -c (?:#\(nop\) +)?/, "");
  return plain === "" ? createdBy : plain;
}

function layerOf(descriptor: Descriptor | undefined, line: unknown): LayerInsight {
  const { created_by, comment, created } = fieldsOf(line);
  return {
    digest: descriptor?.digest ?? null,
    size: descriptor?.size ?? 0,
    mediaType: descriptor?.mediaType ?? null,
    command: commandOf(textOf(created_by, MOST_COMMAND)),
    comment: textOf(comment, 1_024),
    created: timeOf(created),
  };
}

/** More lines of history than any image has. */
const MOST_HISTORY = 2_000;

/**
 * The layers in their order, each beside the line of history that made it. "empty_layer … marks if
 * the history item created a filesystem diff" (image-spec, "Image Configuration"). Layers that
 * history does not tell of come last, without a command.
 */
export function layersOf(layers: readonly Descriptor[], json: unknown): LayerInsight[] {
  const { history } = fieldsOf(json);
  const lines = Array.isArray(history) ? history.slice(0, MOST_HISTORY) : [];
  const shown: LayerInsight[] = [];
  let next = 0;
  for (const line of lines) {
    const isEmpty = fieldsOf(line).empty_layer === true;
    shown.push(layerOf(isEmpty ? undefined : layers[next++], line));
  }
  return [...shown, ...layers.slice(next).map((layer) => layerOf(layer, undefined))];
}
