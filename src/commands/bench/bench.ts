import { type Address, parseAddress } from "../../client/address.ts";
import { Authorizer, type Credentials } from "../../client/auth/authorizer.ts";
import { openLane } from "../../client/open-lane.ts";
import { RegistryCaller } from "../../client/registry/caller.ts";
import { closedLoop, type LoopEnd, type LoopResult } from "./measure/closed-loop.ts";
import type { Histogram } from "./measure/histogram.ts";
import { Ledger } from "./measure/ledger.ts";
import { ProcessProbe, type Usage } from "./measure/process-probe.ts";
import { BlobMaker } from "./payload/blobs.ts";
import { SeededRandom } from "./payload/random.ts";

/** `tiny` shows in seconds that everything works; its figures mean nothing. */
export type Scale = "tiny" | "small" | "full";
export type HttpVersion = "1.1" | "2";

export interface BenchTarget {
  readonly url: string;
  readonly credentials?: Credentials | undefined;
  readonly ca?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly http?: HttpVersion | undefined;
  /** The server's process on this machine: its processor time and memory are measured. */
  readonly pid?: number | undefined;
}

export interface BenchSettings {
  readonly scale: Scale;
  readonly seed: string;
  /** Every repository that is made has a name that begins with this. */
  readonly prefix: string;
  /** Drop the system's page cache before reads that are to be cold (needs root). */
  readonly cold?: boolean | undefined;
}

const SAMPLE_MS = 25;

/** What a workload works with: connections, payloads, the ledger of faults, the server's usage. */
export class Bench {
  readonly address: Address;
  readonly settings: BenchSettings;
  readonly ledger = new Ledger();
  readonly probe: ProcessProbe | undefined;
  readonly http: HttpVersion;
  readonly blobs: BlobMaker;
  /** Whether it logs in. */
  readonly hasLogin: boolean;
  readonly #authorizer: Authorizer;
  readonly #callers: RegistryCaller[] = [];

  constructor(target: BenchTarget, settings: BenchSettings) {
    const trust = { ca: target.ca, insecure: target.insecure };
    this.address = parseAddress(target.url, trust);
    this.settings = settings;
    this.http = target.http ?? "1.1";
    this.probe = target.pid === undefined ? undefined : new ProcessProbe(target.pid);
    this.hasLogin = target.credentials !== undefined;
    this.blobs = new BlobMaker(`${settings.seed} ${settings.prefix}`);
    this.#authorizer = new Authorizer(this.address, target.credentials, trust);
  }

  /** The figure for the scale of this run. */
  scaled<T>(sizes: Readonly<Record<Scale, T>>): T {
    return sizes[this.settings.scale];
  }

  /** The name of a repository of this run. */
  repository(name: string): string {
    return `${this.settings.prefix}/${name}`;
  }

  /** Numbers that differ for each label and are the same for each run with the same seed. */
  random(label: string): SeededRandom {
    return new SeededRandom(`${this.settings.seed} ${label}`);
  }

  /** `count` clients, each with a connection of its own that stays open between uses. */
  callers(count: number): readonly RegistryCaller[] {
    while (this.#callers.length < count) this.#callers.push(this.newCaller());
    return this.#callers.slice(0, count);
  }

  caller(): RegistryCaller {
    return this.callers(1)[0] ?? this.newCaller();
  }

  /** A client that whoever asks for it closes. */
  newCaller(): RegistryCaller {
    return new RegistryCaller(this.address, openLane(this.address, this.http), this.#authorizer);
  }

  /** The headers that let a request read `repository`, for those that use no caller. */
  async authorization(repository: string): Promise<Readonly<Record<string, string>>> {
    const header = await this.#authorizer.obtain(`repository:${repository}:pull`);
    return header === undefined ? {} : { Authorization: header };
  }

  closeCallers(): void {
    for (const caller of this.#callers.splice(0)) caller.close();
  }

  /** A closed loop of `clients`; faults are entered in the ledger. */
  async loop(
    clients: number,
    end: LoopEnd,
    step: (caller: RegistryCaller, operation: number, lane: number) => Promise<void>,
    latency?: Histogram,
  ): Promise<LoopResult> {
    return await closedLoop(this.callers(clients), end, step, {
      onFault: (fault) => this.blame(fault),
      ...(latency === undefined ? {} : { latency }),
    });
  }

  blame(fault: unknown): void {
    this.ledger.blame(fault instanceof Error ? fault.message : String(fault));
  }

  /** Runs `work` and says what the server used meanwhile. */
  async measure<T>(work: () => Promise<T>): Promise<{ result: T; usage: Usage }> {
    const probe = this.probe;
    probe?.resetPeak();
    const sampler = probe === undefined ? undefined : setInterval(() => probe.sample(), SAMPLE_MS);
    const before = probe?.cpuSeconds();
    const start = performance.now();
    try {
      const result = await work();
      const seconds = (performance.now() - start) / 1_000;
      const after = probe?.cpuSeconds();
      const cpuSeconds = after === undefined || before === undefined ? undefined : after - before;
      return { result, usage: { seconds, cpuSeconds, peakRss: probe?.peak() } };
    } finally {
      clearInterval(sampler);
    }
  }
}
