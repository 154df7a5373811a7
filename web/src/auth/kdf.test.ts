// @vitest-environment node
import { describe, expect, it } from "vitest";

import vectors from "../../../tests/vectors/kdf.json";
import type { KdfParams } from "@/api/types";

import { deriveAuthSecret } from "./kdf";
import { NEW_PARAMS, newSalt } from "./derive";

describe("the authentication secret", () => {
  const params = vectors.params as KdfParams;

  it.each(vectors.passwords.map((vector) => [vector.password, vector] as const))(
    "is the same as Python's for %s",
    async (password, { salt, auth_secret }) => {
      expect(await deriveAuthSecret(password, salt, params)).toBe(auth_secret);
    },
    60_000,
  );

  it("costs a new account what the server tells for unknown names", () => {
    expect(NEW_PARAMS).toEqual(params);
  });

  it("is refused at a cost that would make the password guessable", async () => {
    const weak = { ...NEW_PARAMS, memory_kib: 1024 };
    await expect(deriveAuthSecret("a password", newSalt(), weak)).rejects.toThrow("weaker");
    const hasty = { ...NEW_PARAMS, passes: 1 };
    await expect(deriveAuthSecret("a password", newSalt(), hasty)).rejects.toThrow("weaker");
  });

  it("gets a salt of sixteen fresh bytes", () => {
    expect(newSalt()).toMatch(/^[\w-]{22}$/);
    expect(newSalt()).not.toBe(newSalt());
  });
});
