/** The one way in which fields become bytes: each with its length before it (vault-format.md). */
export type Bytes = Uint8Array<ArrayBuffer>;
type Field = Bytes | string | number;

const LENGTH_BYTES = 4;
const NUMBER_BYTES = 8;
const text = new TextEncoder();

function bytesOf(field: Field): Bytes {
  if (typeof field === "string") return text.encode(field);
  if (typeof field !== "number") return field;
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(field));
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Every field as a 4-byte big-endian length and its bytes; numbers are 8 bytes, text UTF-8. */
export function pack(...fields: Field[]): Bytes {
  return concat(
    fields.flatMap((field) => {
      const bytes = bytesOf(field);
      const length = new Uint8Array(LENGTH_BYTES);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** SHA-256 of the packed fields. */
export const digest = (...fields: Field[]): Promise<Bytes> => sha256(pack(...fields));

/** The 16 bytes of a UUID in its usual spelling. */
export function uuidBytes(id: string): Bytes {
  const digits = id.replaceAll("-", "");
  if (!/^[\da-f]{32}$/.test(digits)) throw new TypeError("not a UUID in lower case");
  return Uint8Array.from({ length: 16 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

export const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
