// @vitest-environment node
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import { same } from "./encoding";
import { openFile, sealFile } from "./files";

interface Case {
  file: string;
  owner: string;
  key: string;
  size: number;
  ciphertext_bytes: number;
  ciphertext_start: string;
  sha256: string;
}

const path = new URL("../../../../tests/vectors/vault-files.json", import.meta.url);
const { files } = JSON.parse(readFileSync(path, "utf8")) as { files: Case[] };

describe("a sealed file", () => {
  it.each(files)("of $size bytes is made as Python makes it, and opens", async (given) => {
    const content = Uint8Array.from({ length: given.size }, (_, at) => at % 251);
    const made = await sealFile(given.file, given.owner, content, fromBase64Url(given.key));
    expect(made.ciphertext).toHaveLength(given.ciphertext_bytes);
    expect(toBase64Url(made.ciphertext.slice(0, 32))).toBe(given.ciphertext_start);
    expect(toBase64Url(made.sha256)).toBe(given.sha256);
    expect(same(await openFile(given.file, given.owner, made), content)).toBe(true);
    await expect(openFile(given.owner, given.owner, made)).rejects.toThrow("item-damaged");
  });
});
