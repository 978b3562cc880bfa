import type { Lane } from "../../../client/lane.ts";
import { openLane } from "../../../client/open-lane.ts";
import type { RegistryCaller } from "../../../client/registry/caller.ts";
import { readManifest } from "../../../client/registry/manifests.ts";
import type { Bench } from "../bench.ts";
import { closedLoop } from "../measure/closed-loop.ts";
import { Histogram } from "../measure/histogram.ts";
import { higher, KIB, lower, type Metric } from "../measure/metric.ts";
import { fillManifests, type Placed } from "../payload/fill.ts";
import { paddedManifest } from "../payload/images.ts";
import type { Workload } from "../workload.ts";

const LOGINS = { tiny: 20, small: 200, full: 1_000 };
const SECONDS = { tiny: 0.05, small: 2, full: 5 };
const READERS = 8;
const FLOODERS = 16;
const MANIFESTS = 20;
const SIZE = 2 * KIB;

/** The network for such examples (RFC 2544): 131,072 addresses. */
function claimedAddress(attempt: number): string {
  return `198.${18 + ((attempt >> 16) & 1)}.${(attempt >> 8) & 255}.${attempt & 255}`;
}

/**
 * W18: how long others wait while somebody tries names and passwords. Each attempt is another name
 * and claims to come from another address, which counts where the server trusts this machine as a
 * proxy: there each one has its password checked; else it is one address, which is soon told to
 * wait, this machine's other logins included.
 */
export class LoginFlood implements Workload {
  readonly id = "W18";
  readonly title = "manifest GET during a flood of wrong logins";
  #manifests: Placed[] = [];
  #attempts = 0;

  async prepare(bench: Bench): Promise<void> {
    const repository = bench.repository("w18");
    this.#manifests = Array.from({ length: MANIFESTS }, (_, index) => ({
      ...paddedManifest(`${repository}:v${index}`, SIZE),
      repository,
      tag: `v${index}`,
    }));
    await fillManifests(bench, this.#manifests);
  }

  async run(bench: Bench): Promise<Metric[]> {
    const before = new Histogram();
    const during = new Histogram();
    const seconds = bench.scaled(SECONDS);
    const read = (caller: RegistryCaller, operation: number) =>
      this.#read(bench, caller, operation);
    // What is hot is compiled first.
    await bench.loop(READERS, { seconds }, read);
    await bench.loop(READERS, { seconds }, read, before);
    let isOver = false;
    const flood = this.#flood(bench).finally(() => {
      isOver = true;
    });
    await bench.loop(READERS, { goesOn: () => !isOver }, read, during);
    const { rate, checked } = await flood;
    const calm = before.quantile(0.99);
    const rough = during.quantile(0.99);
    const variant = `${bench.scaled(LOGINS)} wrong logins, c=${FLOODERS}`;
    return [
      lower(variant, "p99 before", "ms", calm),
      lower(variant, "p99 meanwhile", "ms", rough),
      lower(variant, "meanwhile / before", "×", rough / calm),
      higher(variant, "logins", "1/s", rate),
      higher(variant, "passwords checked", "", checked),
    ];
  }

  async #read(bench: Bench, caller: RegistryCaller, operation: number): Promise<void> {
    const placed = this.#manifests[operation % MANIFESTS];
    if (placed === undefined) return;
    const answer = await readManifest(caller, "GET", placed.repository, placed.tag);
    bench.ledger.expect("GET manifest", answer.status, 200);
  }

  /** Answers attempts a second, and how many were refused for the password, not for the haste. */
  async #flood(bench: Bench): Promise<{ rate: number; checked: number }> {
    const lanes = Array.from({ length: FLOODERS }, () => openLane(bench.address, bench.http));
    let checked = 0;
    const attempt = async (lane: Lane): Promise<void> => {
      const number = this.#attempts;
      this.#attempts += 1;
      const pair = Buffer.from(`nobody-${number}:wrong-${number}`).toString("base64");
      const { status } = await lane.exchange({
        method: "GET",
        target: `${bench.address.prefix}/v2/`,
        headers: { Authorization: `Basic ${pair}`, "X-Forwarded-For": claimedAddress(number) },
      });
      if (status === 401) checked += 1;
      // A registry that is open to everyone lets anybody in, and says nothing here.
      else if (status !== 429 && bench.hasLogin) bench.blame(`a wrong login: status ${status}`);
    };
    try {
      const { operations, seconds } = await closedLoop(
        lanes,
        { operations: bench.scaled(LOGINS) },
        attempt,
        { onFault: (fault) => bench.blame(fault) },
      );
      return { rate: operations / seconds, checked };
    } finally {
      for (const lane of lanes) lane.close();
    }
  }
}
