import { randomBytes } from "node:crypto";
import { failure } from "../../kernel/errors/catalogue.ts";
import type { Asset } from "../../platform/assets/bundle.ts";
import type { Handler } from "../../platform/listen/handler.ts";
import type { Telemetry } from "../../platform/telemetry/telemetry.ts";
import { Answered } from "../answered.ts";
import { problem } from "../api/problem.ts";
import { languageOf } from "../language.ts";
import type { RequestIds } from "../request-ids.ts";

/** The class that requests of this door are counted by. */
export const consoleRoutes = ["console"] as const;

const PAGE = "/index.html";
/** Where the build left room for the nonce of each answer. */
const NONCE = "__NONCE__";

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
} as const;

/** Nothing but our own files; styles that components add carry the nonce of the page (A59). */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function page(asset: Asset): Response {
  const nonce = randomBytes(16).toString("base64");
  const html = new TextDecoder().decode(asset.raw).replaceAll(NONCE, nonce);
  const body = new TextEncoder().encode(html);
  const headers = {
    ...ALWAYS,
    "content-type": "text/html; charset=utf-8",
    "content-length": String(body.byteLength),
    "content-security-policy": policy(nonce),
    // The nonce must be another one each time.
    "cache-control": "no-store",
  };
  return new Response(body, { headers });
}

function accepts(request: Request, coding: string): boolean {
  return new RegExp(`(?:^|[\\s,])${coding}\\s*(?:$|,|;(?!\\s*q=0(?:\\.0*)?\\s*(?:$|,)))`, "i").test(
    request.headers.get("accept-encoding") ?? "",
  );
}

const FOREVER = "public, max-age=31536000, immutable";
/** The icon: browsers ask for it anew with every change of the title. */
const AN_HOUR = "public, max-age=3600";

function file(asset: Asset, request: Request): Response {
  const headers: Record<string, string> = {
    ...ALWAYS,
    "content-type": asset.type,
    "cache-control": asset.isImmutable ? FOREVER : AN_HOUR,
    vary: "accept-encoding",
  };
  let body = asset.raw;
  if (accepts(request, "br")) {
    body = asset.brotli;
    headers["content-encoding"] = "br";
  } else if (accepts(request, "gzip")) {
    body = asset.gzip;
    headers["content-encoding"] = "gzip";
  }
  headers["content-length"] = String(body.byteLength);
  return new Response(body, { headers });
}

/** Paths of pages, which the console routes by itself: none of them looks like a file or a host. */
function isPage(path: string): boolean {
  return !/\.\w{1,8}$/.test(path) && !path.startsWith("/assets/") && !path.startsWith("//");
}

/** The console's files, and its one page for every path that may be a page of it. */
export function consoleDoor(
  assets: readonly Asset[],
  telemetry: Telemetry,
  newRequestId: RequestIds,
): Handler {
  const files = new Map(assets.map((asset) => [asset.path, asset]));
  const index = files.get(PAGE);
  files.delete(PAGE);

  function answer(request: Request, path: string): Response | undefined {
    const asset = files.get(path);
    if (asset !== undefined) return file(asset, request);
    const wantsPage = isPage(path) && (request.headers.get("accept") ?? "").includes("text/html");
    return index !== undefined && (wantsPage || path === "/") ? page(index) : undefined;
  }

  return (request, connection) => {
    const answered = new Answered(request, connection, newRequestId);
    const { requestId } = answered;
    const isRead = request.method === "GET" || request.method === "HEAD";
    let response = isRead ? answer(request, connection.path) : undefined;
    if (response !== undefined) {
      answered.exchange = {
        route: { kind: "console" },
        bytesIn: 0,
        principal: { name: "anonymous" },
      };
    }
    response ??= problem(failure("request.not_found"), {
      language: languageOf(request.headers.get("accept-language")),
      requestId,
      challenge: undefined,
    });
    if (request.method === "HEAD") response = new Response(null, response);
    answered.finish(response);
    telemetry.answered(answered);
    return response;
  };
}
