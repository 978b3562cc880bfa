import { cleanPath } from "../files/rules-key.ts";
import type { TarEntry, TarVisitor } from "./tar/scanner.ts";
import { TroubleError } from "./trouble.ts";

/** Longer texts are left out. */
const MOST_TEXT = 512 * 1024;

/** More files than any chart has. */
const MOST_ENTRIES = 20_000;

const WANTED: Readonly<Record<string, "values" | "readme">> = {
  "values.yaml": "values",
  "readme.md": "readme",
};

/** Takes the texts out of a chart's archive, whose one folder holds everything. */
export class ChartVisitor implements TarVisitor {
  readonly #pieces: Uint8Array[] = [];
  #wanted: "values" | "readme" | undefined;
  #entries = 0;
  values: string | null = null;
  readme: string | null = null;

  entry({ name, flag, size }: TarEntry): void {
    this.#entries += 1;
    if (this.#entries > MOST_ENTRIES) throw new TroubleError("limit.entries");
    this.#pieces.length = 0;
    const [, file, ...deeper] = cleanPath(name.slice(0, 4_096))?.split("/") ?? [];
    const isHere = file !== undefined && deeper.length === 0 && flag === "0" && size <= MOST_TEXT;
    this.#wanted = isHere ? WANTED[file.toLowerCase()] : undefined;
  }

  bytes(piece: Uint8Array): void {
    if (this.#wanted !== undefined) this.#pieces.push(piece.slice());
  }

  fileEnd(): void {
    if (this.#wanted !== undefined) {
      this[this.#wanted] = new TextDecoder().decode(Buffer.concat(this.#pieces));
    }
    this.#wanted = undefined;
  }
}
