import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Address, formatAddress, onlyIpv6, parseAddress } from "./address.ts";
import { type Binding, BoundServer, type ServerContext } from "./bound-server.ts";
import { Capacity } from "./capacity.ts";
import { type Certificate, type CertificateFiles, readCertificate } from "./certificate.ts";
import { CertificateWatch, certificateStamp } from "./certificate-watch.ts";
import { DownloadWatch } from "./downloads.ts";
import { provePortFree } from "./exclusive.ts";
import { type ForwardedFamily, TrustedProxies } from "./forwarded.ts";
import type { Handler, ListenHooks } from "./handler.ts";
import { readSockets } from "./kernel-sockets.ts";
import { DEFAULT_LIMITS, type ListenLimits } from "./limits.ts";
import { bindError, ListenError } from "./listen-error.ts";
import { clearStaleSocket } from "./unix-socket.ts";
import { UploadWatch } from "./uploads.ts";

// Bearer tokens with many scopes outgrow the runtime's 16 KiB of headers.
const MAX_HEADER_BYTES = 65_536;
const DRAIN_POLL = 20;

export interface ListenOptions {
  /** As `parseAddress` reads them; all TCP addresses speak TLS when `tls` is there, unix sockets never. */
  readonly addresses: readonly string[];
  readonly tls?: CertificateFiles | undefined;
  /** HTTP/3 beside the others on the UDP port of the same number; needs `tls`. */
  readonly http3?: boolean;
  /** What absolute URLs start with, whatever headers say. */
  readonly publicUrl?: string | undefined;
  /** Addresses, networks, and `unix` for the peers of unix sockets. */
  readonly trustedProxies: readonly string[];
  /** Which headers the trusted proxies write; the default is `x-forwarded`. */
  readonly forwarded?: ForwardedFamily;
  /** The most connections, and the most requests at a time; lowered to fit the open-files limit. */
  readonly maxConnections: number;
  readonly limits?: Partial<ListenLimits>;
}

export interface Listening {
  /** One per address, with the port that was bound. */
  readonly urls: readonly string[];
  /** From the first word of stopping on; readiness is then false. */
  readonly stopping: boolean;
  readonly openRequests: number;
  readonly runningUploads: number;
  readonly connectionCap: number;
  /** The certificate that new connections get. */
  readonly certificate: Certificate | undefined;
  /** Asks the system, so for metrics and not for each request. */
  countConnections(): number;
  /** From now on answers end their connections and `stopping` is true; new ones are still taken. */
  announceStop(): void;
  /**
   * Stops taking connections, lets open requests end, and cuts what is left after `deadline` milliseconds.
   * A second call can only bring the end nearer.
   */
  drain(deadline: number): Promise<void>;
}

/** Opens all addresses or none. Throws a ListenError that says which one failed and why. */
export async function listen(
  options: ListenOptions,
  handler: Handler,
  hooks: ListenHooks,
): Promise<Listening> {
  Reflect.set(http, "maxHeaderSize", MAX_HEADER_BYTES);
  const addresses = options.addresses.map(parseAddress);
  if (addresses.length === 0) {
    throw new ListenError("address_malformed", "there is no address to listen on");
  }
  if (options.http3 && options.tls === undefined) {
    throw new ListenError("certificate_unusable", "HTTP/3 needs a certificate");
  }
  const listener = new Listener(options, handler, hooks);
  await listener.open(addresses);
  return listener;
}

class Listener implements Listening, ServerContext {
  readonly handler: Handler;
  readonly hooks: ListenHooks;
  readonly connections: ServerContext["connections"];
  readonly #options: ListenOptions;
  readonly #limits: ListenLimits;
  readonly #uploads: UploadWatch;
  readonly #capacity: Capacity;
  /** Those that take connections, one for each address. */
  #servers: BoundServer[] = [];
  /** Those whose certificate was replaced and that still have requests to end. */
  readonly #leaving = new Set<BoundServer>();
  #watch: CertificateWatch | undefined;
  #certificate: Certificate | undefined;
  #stopping = false;
  #deadline = Infinity;
  #drained: Promise<void> | undefined;

  constructor(options: ListenOptions, handler: Handler, hooks: ListenHooks) {
    this.handler = handler;
    this.hooks = hooks;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { upload, uploadSweep, download, downloadSweep, connectionSweep } = this.#limits;
    this.#uploads = new UploadWatch(upload, uploadSweep);
    this.connections = {
      publicUrl: options.publicUrl?.replace(/\/+$/, ""),
      proxies: new TrustedProxies(options.trustedProxies),
      forwarded: options.forwarded ?? "x-forwarded",
      uploads: this.#uploads,
      downloads: new DownloadWatch(download, downloadSweep, readSockets),
    };
    this.#capacity = new Capacity(this, options.maxConnections, connectionSweep);
  }

  get urls(): readonly string[] {
    return this.#servers.map((server) => server.url);
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get parting(): boolean {
    return this.#stopping || this.#capacity.crowded;
  }

  get full(): boolean {
    return this.#capacity.full;
  }

  get openRequests(): number {
    let open = 0;
    for (const server of this.#servers) open += server.openRequests;
    for (const server of this.#leaving) open += server.openRequests;
    return open;
  }

  get runningUploads(): number {
    return this.#uploads.size;
  }

  get connectionCap(): number {
    return this.#capacity.cap;
  }

  get certificate(): Certificate | undefined {
    return this.#certificate;
  }

  get ports(): readonly number[] {
    const ports = this.#servers.map((server) => server.port);
    return [...new Set(ports.filter((port) => port !== undefined))];
  }

  countConnections(): number {
    return this.#capacity.count();
  }

  closeIdle(): void {
    for (const server of this.#all()) server.closeIdle();
  }

  announceStop(): void {
    this.#stopping = true;
  }

  drain(deadline: number): Promise<void> {
    this.#stopping = true;
    this.#deadline = Math.min(this.#deadline, performance.now() + deadline);
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async open(addresses: readonly Address[]): Promise<void> {
    const { tls } = this.#options;
    try {
      const stamp = tls === undefined ? "" : await certificateStamp(tls);
      this.#certificate = tls === undefined ? undefined : await readCertificate(tls);
      for (const address of addresses) {
        this.#servers.push(await this.#bind(address, onlyIpv6(address, addresses)));
      }
      if (tls !== undefined && this.#certificate !== undefined) {
        this.#watch = new CertificateWatch(tls, this.#certificate, stamp, this.#limits, {
          take: (certificate) => this.#replace(certificate),
          keep: (error) => this.hooks.certificate({ kind: "kept", error }),
        });
      }
    } catch (error) {
      await this.drain(0);
      throw error;
    }
  }

  async #bind(address: Address, ipv6Only: boolean): Promise<BoundServer> {
    const certificate = address.kind === "unix" ? undefined : this.#certificate;
    const http3 = certificate !== undefined && this.#options.http3 === true;
    try {
      if (address.kind === "unix") await clearStaleSocket(address.path);
      else if (certificate !== undefined) await provePortFree(address, http3);
      return new BoundServer({ address, certificate, http3, ipv6Only }, this);
    } catch (error) {
      throw error instanceof ListenError ? error : bindError(formatAddress(address), error);
    }
  }

  /** Starts a successor beside each server with a certificate, then lets the old ones go. */
  async #replace(certificate: Certificate): Promise<void> {
    if (this.#stopping) return;
    const next: BoundServer[] = [];
    try {
      for (const server of this.#servers) next.push(this.#successor(server, certificate));
    } catch (error) {
      const fresh = next.filter((server) => !this.#servers.includes(server));
      await Promise.all(fresh.map((server) => server.cut()));
      throw error;
    }
    const old = this.#servers.filter((server) => !next.includes(server));
    this.#servers = next;
    this.#certificate = certificate;
    await this.#dismiss(old);
    const { subject, validTo } = certificate;
    this.hooks.certificate({ kind: "replaced", subject, validTo });
  }

  #successor(server: BoundServer, certificate: Certificate): BoundServer {
    const { address } = server.binding;
    if (address.kind === "unix") return server;
    const bound = { ...address, port: server.port ?? address.port };
    const binding: Binding = { ...server.binding, address: bound, certificate };
    return new BoundServer(binding, this);
  }

  /** Resolves when `servers` take no more connections; their open requests go on. */
  async #dismiss(servers: readonly BoundServer[]): Promise<void> {
    for (const server of servers) {
      this.#leaving.add(server);
      server.partFromClients();
    }
    // New connections already go to the successors; those that wait here are taken meanwhile.
    await wait(this.#limits.farewell);
    for (const server of servers) {
      const gone = (): void => void this.#leaving.delete(server);
      server.stop().then(gone, gone);
    }
  }

  async #drain(): Promise<void> {
    await this.#watch?.stop();
    await wait(Math.max(0, Math.min(this.#limits.farewell, this.#deadline - performance.now())));
    for (const server of this.#all()) void server.stop();
    while (this.openRequests > 0 && performance.now() < this.#deadline) await wait(DRAIN_POLL);
    await Promise.all(this.#all().map((server) => server.cut()));
    this.#capacity.stop();
  }

  #all(): BoundServer[] {
    return [...this.#servers, ...this.#leaving];
  }
}
