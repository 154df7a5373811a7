// @vitest-environment node
import { describe, expect, it } from "vitest";

import vectors from "../../../tests/vectors/kdf.json";

import { decodeRecovery, encodeRecovery, lastGroup, newRecoveryCode, recoverySecret } from "./recovery";

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe("the recovery code", () => {
  it.each(vectors.recovery_codes.map((vector) => [vector.code, vector] as const))(
    "spells and derives as Python does: %s",
    async (code, { bytes_hex, recovery_secret }) => {
      expect(encodeRecovery(bytesOf(bytes_hex))).toBe(code);
      expect(decodeRecovery(code)).toEqual(bytesOf(bytes_hex));
      expect(await recoverySecret(code)).toBe(recovery_secret);
    },
  );

  it.each(vectors.recovery_codes.map((vector) => [vector.typed, vector] as const))(
    "is read as people type it: %s",
    async (typed, { recovery_secret }) => {
      expect(await recoverySecret(typed)).toBe(recovery_secret);
    },
  );

  it("is refused when a letter is missing or is none of the alphabet", () => {
    const code = newRecoveryCode();
    expect(decodeRecovery(code.slice(0, -1))).toBeNull();
    expect(decodeRecovery(`${code.slice(0, -1)}U`)).toBeNull();
    expect(decodeRecovery("")).toBeNull();
  });

  it("comes in eight groups of four and never twice", () => {
    const code = newRecoveryCode();
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(newRecoveryCode()).not.toBe(code);
    expect(lastGroup(code)).toHaveLength(4);
  });
});
