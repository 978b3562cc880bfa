import type { CopyEvents } from "../../../client/copy/copier.ts";
import type { Blob, BlobOutcome } from "../../../client/copy/copy-blob.ts";
import { sizeText } from "../sizes.ts";
import type { Streams } from "../streams.ts";
import type { Words } from "../words.ts";

const FRAME = 100;
const NAME_LENGTH = 19;
const LEAST_BAR = 10;
const MOST_BAR = 40;
const UP_AND_CLEAR = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\u001b[J`);

const OUTCOMES: Readonly<Record<BlobOutcome, Words>> = {
  existing: { en: "already there", zh: "已存在" },
  mounted: { en: "linked", zh: "已关联" },
  copied: { en: "copied", zh: "已复制" },
};
const TOTAL: Words = { en: "total", zh: "合计" };

interface Running {
  readonly size: number;
  position: number;
}

/** The first letters of a digest, enough to tell one from another. */
function shortened(digest: string): string {
  return digest.slice(0, NAME_LENGTH);
}

/** A bar of so many places. */
export function bar(done: number, total: number, places: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * places);
  const head = full < places ? ">" : "";
  return `[${"=".repeat(full)}${head}${" ".repeat(places - full - head.length)}]`;
}

/**
 * How far a copy is: bars that are drawn over at a terminal, else a line for each blob that is done.
 */
export class CopyProgress implements CopyEvents {
  readonly #streams: Streams;
  readonly #language: "en" | "zh";
  readonly #isQuiet: boolean;
  readonly #running = new Map<string, Running>();
  #total = 0;
  #done = 0;
  #drawn = 0;
  #settled = "";
  #timer: ReturnType<typeof setInterval> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(streams: Streams, language: "en" | "zh", isQuiet: boolean) {
    this.#streams = streams;
    this.#language = language;
    this.#isQuiet = isQuiet;
  }

  get #isDrawn(): boolean {
    return !this.#isQuiet && this.#streams.screen?.note === true;
  }

  planned(blobs: readonly Blob[]): void {
    this.#total = blobs.reduce((sum, { size }) => sum + size, 0);
    this.#sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
    if (this.#isDrawn && blobs.length > 0) this.#timer = setInterval(() => this.#draw(), FRAME);
  }

  #sizes: ReadonlyMap<string, number> = new Map();

  moved(digest: string, position: number): void {
    const running = this.#running.get(digest);
    if (running === undefined) {
      this.#running.set(digest, { size: this.#sizes.get(digest) ?? position, position });
    } else {
      running.position = position;
    }
  }

  settled({ digest, size }: Blob, outcome: BlobOutcome): void {
    this.#running.delete(digest);
    this.#done += size;
    const line = `${shortened(digest)}  ${OUTCOMES[outcome][this.#language]}  ${sizeText(size)}\n`;
    if (this.#isQuiet) return;
    if (this.#isDrawn) this.#settled += line;
    else this.#write(line);
  }

  /** Takes the bars away; what was done stays. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#running.clear();
    if (this.#isDrawn) {
      const text = `${UP_AND_CLEAR(this.#drawn)}${this.#settled}`;
      this.#drawn = 0;
      this.#settled = "";
      if (text !== "") this.#write(text);
    }
    await this.#writing;
  }

  #write(text: string): void {
    this.#writing = this.#writing.then(() => this.#streams.note(text));
  }

  #draw(): void {
    const lines = [...this.#running].map(([digest, { position, size }]) =>
      this.#line(shortened(digest), position, size),
    );
    let done = this.#done;
    for (const { position } of this.#running.values()) done += position;
    lines.push(this.#line(TOTAL[this.#language], done, this.#total));
    const text = `${UP_AND_CLEAR(this.#drawn)}${this.#settled}${lines.join("")}`;
    this.#drawn = lines.length;
    this.#settled = "";
    this.#write(text);
  }

  #line(name: string, done: number, total: number): string {
    const figures = `${sizeText(done)} / ${sizeText(total)}`;
    const columns = this.#streams.screen?.columns() ?? 0;
    const room = columns - NAME_LENGTH - figures.length - 7;
    const places = Math.max(LEAST_BAR, Math.min(MOST_BAR, room));
    return `${name.padEnd(NAME_LENGTH)}  ${bar(done, total, places)}  ${figures}\n`;
  }
}
