import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateFiles } from "../certificate.ts";
import type { CertificateNews, Connection, Handler } from "../handler.ts";
import { type Listening, type ListenOptions, listen } from "../listen.ts";
import { selfSigned } from "./self-signed.ts";

export interface Fault {
  readonly error: unknown;
  readonly requestId: string;
  readonly request: Request | undefined;
}

/** Starts listeners for one test and stops them all when it ends, with what they reported. */
export class Harness implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "entrepot-listen-"));
  readonly faults: Fault[] = [];
  readonly news: CertificateNews[] = [];
  readonly files: CertificateFiles = {
    certFile: join(this.folder, "server.crt"),
    keyFile: join(this.folder, "server.key"),
  };
  readonly #started: Listening[] = [];
  #expecting: (() => void)[] = [];

  async start(handler: Handler, options: Partial<ListenOptions> = {}): Promise<Listening> {
    const whole: ListenOptions = {
      addresses: ["127.0.0.1:0"],
      trustedProxies: [],
      maxConnections: 10_000,
      ...options,
      limits: { farewell: 20, ...options.limits },
    };
    const listening = await listen(whole, handler, {
      fault: (error, requestId, request) => this.faults.push({ error, requestId, request }),
      certificate: (news) => {
        this.news.push(news);
        for (const resolve of this.#expecting.splice(0)) resolve();
      },
    });
    this.#started.push(listening);
    return listening;
  }

  /** Writes a fresh pair for `commonName` over the certificate files. */
  certify(commonName: string): CertificateFiles {
    const { cert, key } = selfSigned(commonName);
    writeFileSync(this.files.certFile, cert);
    writeFileSync(this.files.keyFile, key);
    return this.files;
  }

  /** Resolves when `count` pieces of news about certificates have come in all. */
  async untilNews(count: number): Promise<void> {
    while (this.news.length < count) {
      await new Promise<void>((resolve) => {
        this.#expecting.push(resolve);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((listening) => listening.drain(0)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The first URL of a listener. */
export function urlOf(listening: Listening): string {
  const [url] = listening.urls;
  if (url === undefined) throw new Error("the listener has no address");
  return url;
}

/** A handler that answers with what it was told. */
export function echo(_request: Request, connection: Connection): Response {
  const { path, query, peer } = connection;
  return Response.json({ path, query, peer });
}
