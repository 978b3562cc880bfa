import type { AnyProcedure } from "../port.ts";
import type { Request } from "./messages.ts";
import { WriterThread } from "./writer-thread.ts";

/** What the main thread says to the writer's. */
export type Command =
  | { readonly open: string }
  | { readonly run: readonly Request[] }
  | { readonly close: true };

declare const self: {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(message: unknown): void;
};

/** Makes the thread that calls it the SQLite writer; `procedures` are all it will ever run. */
export function runWriter(procedures: readonly AnyProcedure[]): void {
  let writer: WriterThread | undefined;
  self.onmessage = ({ data }) => {
    if ("open" in data) {
      try {
        writer = new WriterThread(data.open, procedures, (replies) =>
          self.postMessage({ replies }),
        );
        self.postMessage({ ready: true });
      } catch (error) {
        self.postMessage({ broken: String(error) });
      }
    } else if ("run" in data) {
      writer?.enqueue(data.run);
    } else {
      writer?.close();
      self.postMessage({ closed: true });
    }
  };
}
