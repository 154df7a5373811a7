// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { describe, expect, it } from "vitest";

const SOURCES = resolve(import.meta.dirname, "..");
const PACKAGE = resolve(SOURCES, "../node_modules/@mantine/core");
const INDEX = join(PACKAGE, "esm/index.mjs");
const ALWAYS = ["baseline", "default-css-variables", "global"];

/** Names that our own code imports from Mantine, types included. */
function imported(): Set<string> {
  const names = new Set<string>();
  for (const entry of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(entry)) continue;
    const text = readFileSync(join(SOURCES, entry), "utf8");
    for (const [, list] of text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)) {
      for (const name of (list ?? "").split(",")) {
        if (name.trim() !== "") names.add(name.replace("type ", "").trim());
      }
    }
  }
  return names;
}

/** Style sheets of a module of Mantine's and of every module it stands on. */
function sheets(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  if (file.endsWith(".module.mjs")) return [basename(file, ".module.mjs")];
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import) "(\.[^"]+)"/g)].flatMap(([, path]) =>
    sheets(resolve(dirname(file), path ?? ""), seen),
  );
}

function needed(): string[] {
  const index = readFileSync(INDEX, "utf8");
  const seen = new Set<string>();
  const found = [...imported()].flatMap((name) => {
    const [, path] = index.match(new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "(\\.[^"]+)"`)) ?? [];
    return path === undefined ? [] : sheets(resolve(dirname(INDEX), path), seen);
  });
  return found.filter((name) => existsSync(join(PACKAGE, `styles/${name}.layer.css`)));
}

describe("Mantine's style sheets", () => {
  const text = readFileSync(join(import.meta.dirname, "mantine.css"), "utf8");
  const listed = [...text.matchAll(/styles\/([A-Za-z-]+)\.layer\.css/g)].map(([, name]) => name);

  it("are listed for every component in use, and for no other", () => {
    expect([...listed].sort()).toEqual([...new Set([...ALWAYS, ...needed()])].sort());
  });
});
