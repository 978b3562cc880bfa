import { isIP } from "node:net";
import { misuse } from "../remote/complaint.ts";
import { printable } from "../remote/printable.ts";

/** Which registry is meant, as it was written. */
export interface Target {
  /** Undefined where none was written: clients try https first. */
  readonly scheme: "https" | "http" | undefined;
  /** A name, or an address without brackets. */
  readonly host: string;
  /** Undefined: the usual one of the scheme. */
  readonly port: number | undefined;
  /** What stands before `/v2/`. */
  readonly prefix: string;
  /** Of an image's name: what stands behind the host, without tag and digest. */
  readonly repository: string | undefined;
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === "" && url.password === "";
  if (isPlain && url.search === "" && url.hash === "" && url.hostname !== "") return url;
  throw misuse(
    "the server is written as host:port, https://host or host/project/image:tag",
    "服务写成 host:port、https://host 或 host/项目/镜像:标签",
  );
}

/** Reads `host[:port]`, a URL, or the name of an image. Throws `Complaint`. */
export function parseTarget(text: string): Target {
  const schemed = /^(https?):\/\//i.exec(text);
  const [place = "", ...rest] = schemed === null ? text.split("/") : [text];
  const url = urlOf(schemed === null ? `http://${place}` : text);
  if (!/^https?:$/.test(url.protocol) || (schemed === null && text.includes("://"))) {
    throw misuse(`${printable(text)} is no registry`, `${printable(text)} 不是仓库服务`);
  }
  const image = rest
    .join("/")
    .replace(/@.*$/, "")
    .replace(/:[^/:]*$/, "");
  // A URL drops the port that is usual for its scheme, which `http://host:80` has written all the same.
  const port = /:(\d+)(?:\/|$)/.exec(schemed === null ? place : text.replace(/^\w+:\/\//, ""));
  return {
    scheme: schemed === null ? undefined : url.protocol === "https:" ? "https" : "http",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: port === null ? undefined : Number(port[1]),
    prefix: schemed === null ? "" : url.pathname.replace(/\/+$/, "").replace(/\/v2$/, ""),
    repository: image === "" ? undefined : image,
  };
}

/** As it stands in the names of images and in the folders of clients' certificates. */
export function placeOf(host: string, port: number | undefined): string {
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return port === undefined ? shown : `${shown}:${port}`;
}

export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);
}
