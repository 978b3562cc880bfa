import type { ZodType } from "zod";
import type { RestClient } from "../../client/rest.ts";
import { RestFault } from "../../client/rest-fault.ts";
import type { Connection, Inputs, RemoteContext } from "./connection.ts";
import { dataText, type Format, type Paint, paintFor, recordText } from "./output.ts";
import { printable, printableLines } from "./printable.ts";
import { type Column, lines, table } from "./table.ts";
import { timeText } from "./values.ts";
import { fillWords, type Words } from "./words.ts";

/** How a kind of thing is read and shown. */
export interface View<T> {
  /** What is needed of the answer; the rest of it is let through for programs. */
  readonly shape: ZodType<T>;
  readonly columns: readonly Column<T>[];
  /** What is shown of a single one besides. */
  readonly more?: readonly Column<T>[];
}

/** A line of a log, as an answer has it. */
export interface LogLine {
  readonly at: number;
  readonly level: string;
  readonly message: string;
}

/** Reads an answer. Throws `RestFault` when it is not what this program's registry answers. */
export function read<T>(shape: ZodType<T>, body: unknown): T {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new RestFault("unreadable", `unexpected ${at === "" ? "answer" : at}`, parsed.error);
}

async function* harmless(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    yield printableLines(decoder.decode(piece, { stream: true }));
  }
  yield printableLines(decoder.decode());
}

/** One command's conversation with the server and with the person who gave it. */
export class Remote {
  readonly rest: RestClient;
  readonly credential: Connection["credential"];
  readonly url: URL;
  readonly inputs: Inputs;
  readonly language: "en" | "zh";
  /** Whether what is printed is for a program. */
  readonly isData: boolean;
  readonly #format: Format;
  readonly #streams: RemoteContext["streams"];
  readonly #paint: Paint;
  readonly #paintNote: Paint;

  constructor(connection: Connection, { language, streams, env }: RemoteContext, format: Format) {
    this.rest = connection.rest;
    this.credential = connection.credential;
    this.url = connection.url;
    this.inputs = connection.inputs;
    this.language = language;
    this.isData = format !== "table";
    this.#format = format;
    this.#streams = streams;
    this.#paint = paintFor(streams.screen?.out === true, env);
    this.#paintNote = paintFor(streams.screen?.note === true, env);
  }

  /** Prints one of several things that come one after the other, for a program. */
  async printRecord(value: unknown): Promise<void> {
    await this.print(recordText(value, this.#format));
  }

  /** Prints a list: as a table, or as `items: […]`. */
  async showAll<T>(view: View<T>, items: AsyncIterable<unknown> | Iterable<unknown>) {
    const all: unknown[] = [];
    for await (const item of items) all.push(item);
    if (this.isData) return await this.print(this.dataText({ items: all }));
    const parsed = all.map((item) => read(view.shape, item));
    if (parsed.length === 0) return await this.note({ en: "none", zh: "无" });
    await this.print(this.table(parsed, view.columns));
  }

  /** An answer in the form that was asked for. */
  dataText(value: unknown): string {
    return dataText(value, this.#format);
  }

  /** Prints one thing. */
  async show<T>(view: View<T>, body: unknown): Promise<void> {
    await this.print(this.isData ? this.dataText(body) : this.#described(view, body, this.#paint));
  }

  /**
   * Prints what was made with a secret that is told once: the secret alone goes to standard output,
   * so that it can be piped into the program that wants it.
   */
  async showSecret<T>(view: View<T>, body: unknown, secret: string, about: Words): Promise<void> {
    if (this.isData) return await this.print(this.dataText(body));
    await this.#streams.note(this.#described(view, body, this.#paintNote));
    await this.note(about);
    await this.print(`${secret}\n`);
  }

  /** Tells the person what happened: to standard error. Nothing where a program reads. */
  async note(words: Words, values: Readonly<Record<string, string | number>> = {}): Promise<void> {
    if (this.isData) return;
    const shown = Object.entries(values).map(([name, value]) => [name, printable(String(value))]);
    await this.#streams.note(`${fillWords(words, Object.fromEntries(shown))[this.language]}\n`);
  }

  /** Prints a line of a log. */
  async line({ at, level, message }: LogLine): Promise<void> {
    await this.print(`${timeText(at)} ${printable(level)} ${printable(message)}\n`);
  }

  /** Writes to standard output as it is. */
  async print(text: string): Promise<void> {
    await this.#streams.out([text]);
  }

  /** Writes a text of several lines, which is somebody else's. */
  async text(text: string): Promise<void> {
    if (text !== "") await this.print(printableLines(text.endsWith("\n") ? text : `${text}\n`));
  }

  /** Passes a stream on to standard output; to a terminal, nothing that it obeys. */
  async pour(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const isSeen = this.#streams.screen?.out === true;
    await this.#streams.out(isSeen ? harmless(pieces) : pieces);
  }

  /** A table as the person at the other end can read it. */
  table<T>(items: readonly T[], columns: readonly Column<T>[]): string {
    return table(items, columns, this.language, this.#paint);
  }

  /** One thing as the person at the other end can read it. */
  lines<T>(item: T, columns: readonly Column<T>[]): string {
    return lines(item, columns, this.language, this.#paint);
  }

  #described<T>({ shape, columns, more = [] }: View<T>, body: unknown, paint: Paint): string {
    return lines(read(shape, body), [...columns, ...more], this.language, paint);
  }
}
