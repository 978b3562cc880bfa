import { readFileSync, writeFileSync } from "node:fs";

/** Linux counts process time in hundredths of a second towards user space on every architecture. */
const TICKS_PER_SECOND = 100;
/** Written to `clear_refs`, this sets the peak of resident memory back to what it is now. */
const RESET_PEAK = "5";

/** What a server process has used while something ran. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number | undefined;
  readonly peakRss: number | undefined;
}

/** Reads a process' use of processor and memory from /proc. */
export class ProcessProbe {
  readonly #pid: number;
  #sampled = 0;
  #exact = false;

  /** Throws when there is no such process, or no /proc. */
  constructor(pid: number) {
    this.#pid = pid;
    this.cpuSeconds();
  }

  /** User and system time of all threads, ended ones too. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, "latin1");
    // The command's name is in parentheses and may hold anything: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident memory now, in bytes. */
  rss(): number {
    return this.#status("VmRSS");
  }

  /** Forgets the peak so far. */
  resetPeak(): void {
    this.#sampled = this.rss();
    try {
      writeFileSync(`/proc/${this.#pid}/clear_refs`, RESET_PEAK);
      this.#exact = true;
    } catch {
      // Not our process: the samples must do.
      this.#exact = false;
    }
  }

  /** Takes a sample, for systems where the exact peak cannot be reset. */
  sample(): void {
    this.#sampled = Math.max(this.#sampled, this.rss());
  }

  /** The most resident memory since `resetPeak`, in bytes. */
  peak(): number {
    this.sample();
    return this.#exact ? Math.max(this.#sampled, this.#status("VmHWM")) : this.#sampled;
  }

  #status(field: string): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "latin1");
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
    if (match === null) throw new Error(`process ${this.#pid} has no ${field}: it has ended`);
    return Number(match[1]) * 1024;
  }
}
