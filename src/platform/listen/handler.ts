/** Who sent a request, after the proxies that are trusted have been looked through. */
export interface Peer {
  /** The client's address; null where the system names none (a unix socket). */
  readonly address: string | null;
  /** Whether the client's own hop was encrypted. */
  readonly secure: boolean;
  /** What absolute URLs are built from, without a slash at the end: `https://registry.example.com`. */
  readonly origin: string;
}

/** A running upload, told of each chunk so that a living but slow client is not cut. */
export interface UploadProgress {
  /** `bytes` of the body have arrived. */
  progress(bytes: number): void;
  /** The body has ended, well or not. Idempotent; implied by the response. */
  done(): void;
}

/** What a handler may ask about the connection that carried a request. */
export interface Connection {
  /** Worked out on first use: most requests never ask. */
  readonly peer: Peer;
  /** The path as it was sent, percent signs and all; the runtime has resolved dot segments. */
  readonly path: string;
  /** What follows the first `?`, without it; empty when there is none. */
  readonly query: string;
  /** Call before reading a body that may take long: a client that makes progress gets its time. */
  watchUpload(): UploadProgress;
  /** Call before answering with a body of `bytes`: a slow reader that makes progress gets its time. */
  watchDownload(bytes: number): void;
}

/** Answers one request. Whatever it throws is reported through the hooks and answered with a 500. */
export type Handler = (request: Request, connection: Connection) => Response | Promise<Response>;

/** What happened to the certificate files. */
export type CertificateNews =
  | { readonly kind: "replaced"; readonly subject: string; readonly validTo: string }
  | { readonly kind: "kept"; readonly error: Error };

/** How the listener tells of what happens below the application. None of them may throw. */
export interface ListenHooks {
  /** A handler threw: `requestId` is what the client was given. `request` is absent when the runtime hides it. */
  fault(error: unknown, requestId: string, request: Request | undefined): void;
  /** New certificate files were taken, or refused and the old ones kept. */
  certificate(news: CertificateNews): void;
}
