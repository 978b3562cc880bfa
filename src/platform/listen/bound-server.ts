import { failure } from "../../kernel/errors/catalogue.ts";
import { newSecretId } from "../../kernel/ids.ts";
import { type Address, formatAddress } from "./address.ts";
import type { Certificate } from "./certificate.ts";
import type { Handler, ListenHooks } from "./handler.ts";
import { IDLE_TIMEOUT } from "./limits.ts";
import { isSystemFault } from "./listen-error.ts";
import { type ConnectionContext, LiveConnection } from "./live-connection.ts";
import { malformedRequest, refusal } from "./refusal.ts";
import { steerToNewest } from "./steering.ts";
import { cutTarget, isHost } from "./target.ts";
import { withSocketMode } from "./unix-socket.ts";

/** What the servers of one listener share. */
export interface ServerContext {
  readonly connections: ConnectionContext;
  readonly handler: Handler;
  readonly hooks: ListenHooks;
  /** Answers should end their connections: we are stopping, or too many are open. */
  readonly parting: boolean;
  /** As many requests are open as may be. */
  readonly full: boolean;
}

export interface Binding {
  readonly address: Address;
  readonly certificate: Certificate | undefined;
  readonly http3: boolean;
  readonly ipv6Only: boolean;
}

type BunServer = Bun.Server<undefined>;

/** One `Bun.serve`: refuses what is ambiguous, hands the rest to the handler, and knows how to leave. */
export class BoundServer {
  readonly binding: Binding;
  readonly #context: ServerContext;
  readonly #server: BunServer;
  readonly #secure: boolean;
  #leaving = false;

  /** Binds at once; throws what the system says. */
  constructor(binding: Binding, context: ServerContext) {
    this.binding = binding;
    this.#context = context;
    this.#secure = binding.certificate !== undefined;
    this.#server = this.#serve();
  }

  get port(): number | undefined {
    return this.#server.port;
  }

  get openRequests(): number {
    return this.#server.pendingRequests;
  }

  /** `http://127.0.0.1:5000`, `https://[::]:5000`, `unix:/run/entrepot.sock`. */
  get url(): string {
    const { address } = this.binding;
    if (address.kind === "unix") return formatAddress(address);
    const bound = { ...address, port: this.port ?? address.port };
    return `${this.#secure ? "https" : "http"}://${formatAddress(bound)}`;
  }

  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  /** From now on answers end their connections. */
  partFromClients(): void {
    this.#leaving = true;
  }

  /** Takes no more connections; resolves when the open requests have ended. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Cuts whatever is left. */
  async cut(): Promise<void> {
    await this.#server.stop(true);
  }

  #serve(): BunServer {
    const common = {
      development: false,
      http2: true,
      // The application limits bodies itself: blobs have many gigabytes.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      idleTimeout: IDLE_TIMEOUT,
      fetch: (request: Request, server: BunServer) => this.#answer(request, server),
      error: (error: Error) => this.#fault(error, undefined),
    };
    const { address, certificate, http3, ipv6Only } = this.binding;
    if (address.kind === "unix") {
      // The declared type leaves the timeout out for unix sockets; the runtime obeys it all the same.
      const options = { ...common, unix: address.path } as unknown as Bun.Serve.Options<undefined>;
      return withSocketMode(() => Bun.serve(options));
    }
    const { hostname, port } = address;
    const tcp = { ...common, hostname, port, ipv6Only };
    if (certificate === undefined) return Bun.serve<undefined>({ ...tcp, reusePort: false });
    const { cert, key } = certificate;
    // A successor with a new certificate takes the same port while this one still serves.
    return steerToNewest(port, () =>
      Bun.serve<undefined>({ ...tcp, tls: { cert, key }, http3, reusePort: true }),
    );
  }

  #answer(request: Request, server: BunServer): Response | Promise<Response> {
    const host = request.headers.get("host");
    // RFC 9112, section 3.2: a server MUST respond with 400 to a missing, repeated or invalid Host.
    if (host === null || !isHost(host)) {
      return malformedRequest("the Host header must be one host name with an optional port");
    }
    const length = request.headers.get("content-length");
    // RFC 9112, section 6.3: equal values that were repeated arrive joined; they are refused all the same.
    if (length?.includes(",")) return malformedRequest("Content-Length must be given once");
    const target = cutTarget(request.url);
    if (target === undefined) return malformedRequest("the request target must be a plain path");
    if (this.#context.full) return refusal(failure("service.too_many_connections"));
    const { connections, handler } = this.#context;
    const connection = new LiveConnection(connections, server, request, target, host, this.#secure);
    try {
      const answer = handler(request, connection);
      if (answer instanceof Response) return this.#seal(answer, connection);
      return answer.then(
        (response) => this.#seal(response, connection),
        (error: unknown) => this.#seal(this.#fault(error, request), connection),
      );
    } catch (error) {
      return this.#seal(this.#fault(error, request), connection);
    }
  }

  #seal(response: Response, connection: LiveConnection): Response {
    connection.finish();
    response.headers.set("x-content-type-options", "nosniff");
    if (this.#leaving || this.#context.parting) response.headers.set("connection", "close");
    return response;
  }

  /** The client learns an id and nothing else; the rest goes to the log through the hook. */
  #fault(error: unknown, request: Request | undefined): Response {
    const requestId = newSecretId();
    this.#context.hooks.fault(error, requestId, request);
    // A file that the runtime cannot open or read is the storage's failing, and may be over soon.
    const code = isSystemFault(error) ? "service.storage_unavailable" : "service.internal";
    return refusal(failure(code, { request: requestId }, error));
  }
}
