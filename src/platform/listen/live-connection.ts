import type { DownloadWatch } from "./downloads.ts";
import {
  type ForwardedFamily,
  NOTHING_FORWARDED,
  plainAddress,
  readForwarded,
  type TrustedProxies,
} from "./forwarded.ts";
import type { Connection, Peer, UploadProgress } from "./handler.ts";
import type { RequestTimer } from "./limits.ts";
import type { Target } from "./target.ts";
import type { UploadWatch } from "./uploads.ts";

/** The part of the runtime's server that knows who sent a request. */
export interface RequestServer extends RequestTimer {
  readonly port: number | undefined;
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
}

/** What the connections of one listener share. */
export interface ConnectionContext {
  readonly publicUrl: string | undefined;
  readonly proxies: TrustedProxies;
  readonly forwarded: ForwardedFamily;
  readonly uploads: UploadWatch;
  readonly downloads: DownloadWatch;
}

/** A request's connection. Made for each request, so it holds references and works out the rest when asked. */
export class LiveConnection implements Connection {
  readonly path: string;
  readonly query: string;
  readonly #context: ConnectionContext;
  readonly #server: RequestServer;
  readonly #request: Request;
  readonly #host: string;
  readonly #secure: boolean;
  #peer: Peer | undefined;
  #upload: UploadProgress | undefined;

  constructor(
    context: ConnectionContext,
    server: RequestServer,
    request: Request,
    target: Target,
    host: string,
    secure: boolean,
  ) {
    this.path = target.path;
    this.query = target.query;
    this.#context = context;
    this.#server = server;
    this.#request = request;
    this.#host = host;
    this.#secure = secure;
  }

  get peer(): Peer {
    this.#peer ??= this.#findPeer();
    return this.#peer;
  }

  watchUpload(): UploadProgress {
    this.#upload ??= this.#context.uploads.start(this.#server, this.#request);
    return this.#upload;
  }

  watchDownload(bytes: number): void {
    if (!this.#context.downloads.isLarge(bytes)) return;
    const { port: localPort } = this.#server;
    const peer = this.#server.requestIP(this.#request);
    // A unix socket holds so little that the runtime's own timeout is patient enough.
    if (localPort === undefined || peer === null) return;
    const { address, port } = peer;
    this.#context.downloads.start({
      timer: this.#server,
      request: this.#request,
      localPort,
      address,
      port,
    });
  }

  /** The handler has answered. */
  finish(): void {
    this.#upload?.done();
  }

  #findPeer(): Peer {
    const { proxies, forwarded, publicUrl } = this.#context;
    const socket = this.#server.requestIP(this.#request);
    const nearest = socket === null ? null : plainAddress(socket.address);
    const told = proxies.has(nearest)
      ? readForwarded(this.#request.headers, forwarded, proxies)
      : NOTHING_FORWARDED;
    const secure = told.secure ?? this.#secure;
    const host = told.host ?? this.#host;
    return {
      address: told.address ?? nearest,
      secure,
      origin: publicUrl ?? `${secure ? "https" : "http"}://${host}`,
    };
  }
}
