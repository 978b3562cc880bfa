import { expect } from "bun:test";

interface WireError {
  readonly code: string;
  readonly message: string;
  readonly detail: Record<string, unknown>;
}

/** What came back for one request, read to its end. */
export class Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;

  constructor(status: number, headers: Headers, body: Uint8Array<ArrayBuffer>) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  get text(): string {
    return new TextDecoder().decode(this.body);
  }

  get json(): unknown {
    return JSON.parse(this.text);
  }

  header(name: string): string {
    return this.headers.get(name) ?? "";
  }

  /** Where the answer points to. */
  get location(): string {
    expect(this.header("location")).not.toBe("");
    return this.header("location");
  }

  /** The first error, after checking that the body has the shape that clients expect of errors. */
  get error(): WireError {
    expect(this.header("content-type")).toBe("application/json");
    const { errors, ...others } = this.json as { errors: WireError[] };
    expect(others).toEqual({});
    const [first] = errors;
    if (first === undefined) throw new Error(`no error in ${this.text}`);
    expect(first.message.length).toBeGreaterThan(20);
    return first;
  }

  /** Fails, with the answer's own words, unless the status is the expected one. */
  expect(status: number): this {
    if (this.status !== status) {
      throw new Error(`expected ${status}, got ${this.status}: ${this.text.slice(0, 500)}`);
    }
    return this;
  }

  /** Fails unless this is a refusal with that status and wire code. */
  refuses(status: number, code: string): this {
    this.expect(status);
    expect(this.error.code).toBe(code);
    return this;
  }
}
