/** What one request did, as far as it is counted. */
export interface Use {
  /** The full name. */
  readonly repository: string;
  readonly principalId: string;
  /** Whether it delivered a manifest. */
  readonly isPull: boolean;
  /** Whether it stored one. */
  readonly isPush: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the manifest that was delivered. */
  readonly digest?: string | undefined;
  /** By which it was asked for. */
  readonly tag?: string | undefined;
}

/** Sums of uses. */
export interface Figures {
  pulls: number;
  pushes: number;
  bytesIn: number;
  bytesOut: number;
}

export interface DatedFigures extends Figures {
  lastPulledAt: number | null;
  lastPushedAt: number | null;
}

/** Sums of uses in one repository: of all of them, by who did it, by what was delivered. */
export interface RepositoryUse extends DatedFigures {
  readonly name: string;
  readonly principals: readonly (DatedFigures & { readonly id: string })[];
  readonly manifests: readonly LastUse[];
  readonly tags: readonly LastUse[];
}

export interface LastUse {
  /** The digest or the tag. */
  readonly name: string;
  pulls: number;
  lastPulledAt: number;
}

/** How many came in, and how many were turned away. */
export interface Logins {
  readonly done: number;
  readonly denied: number;
}

/** What was counted in one hour, ready to be added to what is stored. */
export interface Usage {
  readonly hour: number;
  readonly total: Figures;
  readonly logins: Logins;
  readonly repositories: readonly RepositoryUse[];
}

class Meter {
  readonly figures: DatedFigures = noFigures();
  readonly principals = new Map<string, DatedFigures>();
  readonly manifests = new Map<string, LastUse>();
  readonly tags = new Map<string, LastUse>();
}

function noFigures(): DatedFigures {
  return { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0, lastPulledAt: null, lastPushedAt: null };
}

function add(to: Figures, { isPull, isPush, bytesIn, bytesOut }: Use): void {
  if (isPull) to.pulls += 1;
  if (isPush) to.pushes += 1;
  to.bytesIn += bytesIn;
  to.bytesOut += bytesOut;
}

function addDated(to: DatedFigures, use: Use, now: number): void {
  add(to, use);
  if (use.isPull) to.lastPulledAt = now;
  if (use.isPush) to.lastPushedAt = now;
}

/** The uses of one hour, summed up as they come. */
export class HourOfUse {
  readonly hour: number;
  readonly #total: Figures = { pulls: 0, pushes: 0, bytesIn: 0, bytesOut: 0 };
  readonly #meters = new Map<string, Meter>();
  #done = 0;
  #denied = 0;
  #size = 0;

  constructor(hour: number) {
    this.hour = hour;
  }

  /** Sums that are held: what the memory is counted by. */
  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    const { pulls, pushes, bytesIn, bytesOut } = this.#total;
    return pulls + pushes + bytesIn + bytesOut + this.#done + this.#denied === 0;
  }

  /** Counts one use. With no `room` for more sums, what has none yet is in the hour's own alone. */
  count(use: Use, now: number, room: number): boolean {
    add(this.#total, use);
    const meter = this.#meterOf(use.repository, room);
    if (meter === undefined) return false;
    addDated(meter.figures, use, now);
    let isWhole = this.#principal(meter, use, now, room);
    if (!use.isPull) return isWhole;
    isWhole = this.#last(meter.manifests, use.digest, now, room) && isWhole;
    return this.#last(meter.tags, use.tag, now, room) && isWhole;
  }

  addLogins({ done, denied }: Logins): void {
    this.#done += done;
    this.#denied += denied;
  }

  /** In the order of the keys, so that no two nodes wait for each other crosswise. */
  sum(): Usage {
    const repositories = [...this.#meters].map(([name, { figures, principals, ...last }]) => ({
      name,
      ...figures,
      principals: [...principals].map(([id, each]) => ({ id, ...each })).sort(by("id")),
      manifests: [...last.manifests.values()].sort(by("name")),
      tags: [...last.tags.values()].sort(by("name")),
    }));
    return {
      hour: this.hour,
      total: { ...this.#total },
      logins: { done: this.#done, denied: this.#denied },
      repositories: repositories.sort(by("name")),
    };
  }

  #meterOf(name: string, room: number): Meter | undefined {
    const known = this.#meters.get(name);
    if (known !== undefined || this.#size >= room) return known;
    const meter = new Meter();
    this.#meters.set(name, meter);
    this.#size += 1;
    return meter;
  }

  #principal({ principals }: Meter, use: Use, now: number, room: number): boolean {
    let figures = principals.get(use.principalId);
    if (figures === undefined) {
      if (this.#size >= room) return false;
      figures = noFigures();
      principals.set(use.principalId, figures);
      this.#size += 1;
    }
    addDated(figures, use, now);
    return true;
  }

  #last(all: Map<string, LastUse>, name: string | undefined, now: number, room: number): boolean {
    if (name === undefined) return true;
    const known = all.get(name);
    if (known !== undefined) {
      known.pulls += 1;
      known.lastPulledAt = now;
      return true;
    }
    if (this.#size >= room) return false;
    all.set(name, { name, pulls: 1, lastPulledAt: now });
    this.#size += 1;
    return true;
  }
}

function by<K extends string>(key: K) {
  return (a: Readonly<Record<K, string>>, b: Readonly<Record<K, string>>) =>
    a[key] < b[key] ? -1 : 1;
}
