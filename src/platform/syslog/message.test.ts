import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatMessage, type SyslogMessage } from "./message.ts";

/** The grammar of RFC 5424, section 6, as far as our messages use it. */
const MESSAGE =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[([^\s=\]"]{1,32})((?: [!-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$/su;

const plain: SyslogMessage = {
  severity: "notice",
  at: Date.UTC(2026, 0, 5, 12),
  hostname: "node-1",
  app: "entrepot",
  process: "17",
  kind: "tag.move",
  structured: { id: "entrepot@32473", parameters: { actor: "alice", seq: 4, address: null } },
  text: '{"a":1}',
};

test("a message reads as the standard has it", () => {
  expect(formatMessage(plain).toString()).toBe(
    '<109>1 2026-01-05T12:00:00.000Z node-1 entrepot 17 tag.move [entrepot@32473 actor="alice" seq="4"] {"a":1}',
  );
});

test("whatever it is made of, it is one line that reads back", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(
      text,
      text,
      text,
      text,
      fc.dictionary(text, text),
      (host, kind, id, body, parameters) => {
        const message = {
          ...plain,
          hostname: host,
          kind,
          structured: { id, parameters },
          text: body,
        };
        const sent = formatMessage(message).toString("utf8");
        expect(sent).not.toMatch(/[\r\n]/);
        const read = MESSAGE.exec(sent);
        expect(read?.[1]).toBe("109");
        const count = [...(read?.[8] ?? "").matchAll(/ [!-~]+?="(?:[^"\\\]]|\\["\\\]])*"/g)].length;
        expect(count).toBe(Object.keys(parameters).length);
      },
    ),
  );
});

test("quotes, backslashes and brackets of a value are escaped", () => {
  const sent = formatMessage({
    ...plain,
    structured: { id: "x@1", parameters: { name: 'a"b\\c]d' } },
  });
  expect(sent.toString()).toContain('name="a\\"b\\\\c\\]d"');
});
