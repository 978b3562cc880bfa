/** [MS-DTYP] §2.3.4: the first three fields of a GUID are little-endian, the rest is as it reads. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const DASHES = new Set([4, 6, 8, 10]);
const TEXT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The 16 bytes of an `objectGUID` as `01234567-89ab-…`; undefined for any other length. */
export function guidText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== ORDER.length) return undefined;
  return ORDER.map((at, index) => {
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, "0");
    return DASHES.has(index) ? `-${byte}` : byte;
  }).join("");
}

/** The bytes to search for; undefined for what is no GUID. */
export function guidBytes(text: string): Uint8Array | undefined {
  if (!TEXT.test(text)) return undefined;
  const digits = text.replaceAll("-", "");
  const bytes = new Uint8Array(ORDER.length);
  ORDER.forEach((at, index) => {
    bytes[at] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  });
  return bytes;
}
