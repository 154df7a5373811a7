/**
 * Subresource integrity of everything that the page may load.
 *
 * Scripts and styles that the page names carry their hash in the tag; modules that are asked for
 * later have theirs in an import map, which browsers check for every import. Style sheets that come
 * later are no modules: Vite's helper, which asks for them, is told to look into the same map.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";

const FILE = /\.(?:js|css)$/;
/** Where the server writes the hash of SHA256SUMS into the page it sends. */
const BUILD_PLACE = "__BUILD__";
const HELPER = "vite/preload-helper";
const ASKS = "link.href = dep;";
const CHECKED =
  "link.integrity = globalThis.holdfastIntegrity?.[new URL(dep, location.href).pathname] ?? '';";

const hash = (content: Buffer): Buffer => createHash("sha256").update(content).digest();

/** Paths of all files under a folder, with slashes, in the order of their bytes. */
function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1).replaceAll("\\", "/"))
    .toSorted();
}

function sums(folder: string): Record<string, string> {
  const named = files(folder).filter((name) => FILE.test(name) && !name.startsWith("assets/workers/"));
  return Object.fromEntries(
    named
      .filter((name) => name !== "sw.js")
      .map((name) => [`/${name}`, `sha256-${hash(readFileSync(join(folder, name))).toString("base64")}`]),
  );
}

function tag(whole: string, path: string, found: Record<string, string>): string {
  const sum = found[path];
  if (sum === undefined) throw new Error(`${path} is in the page and not among the built files`);
  return whole.replace(/\s(src|href)=/, ` integrity="${sum}" $1=`);
}

/** The page with a hash in every tag, and the map before the first module. */
function withHashes(page: string, found: Record<string, string>): string {
  const tagged = page
    .replaceAll(/<script\b[^>]*\ssrc="([^"]+)"[^>]*>/g, (whole, path: string) => tag(whole, path, found))
    .replaceAll(
      /<link\b[^>]*\brel="(?:modulepreload|stylesheet)"[^>]*\shref="([^"]+)"[^>]*>/g,
      (whole, path: string) => tag(whole, path, found),
    );
  const later = Object.fromEntries(Object.entries(found).filter(([path]) => path.startsWith("/assets/")));
  const map = `<script type="importmap">${JSON.stringify({ integrity: later })}</script>`;
  const first = tagged.indexOf('<script type="module"');
  if (first < 0) throw new Error("the page has no module");
  return `${tagged.slice(0, first)}${map}\n    ${tagged.slice(first)}`;
}

/** All files of the build but compressed copies, as `sha256sum --check` reads them. */
function listing(folder: string): string {
  return files(folder)
    .filter((name) => !/\.(?:gz|br)$/.test(name) && name !== "SHA256SUMS")
    .map((name) => `${hash(readFileSync(join(folder, name))).toString("hex")}  ${name}\n`)
    .join("");
}

export function integrity(): Plugin {
  let folder = "";
  return {
    name: "holdfast-integrity",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    transform(code, id) {
      if (!id.includes(HELPER)) return null;
      if (!code.includes(ASKS)) throw new Error("Vite's helper asks for style sheets in another way");
      return { code: code.replace(ASKS, `${CHECKED}\n${ASKS}`), map: null };
    },
    closeBundle() {
      const found = sums(folder);
      const scripts = files(folder).filter((name) => name.endsWith(".js"));
      if (!scripts.some((name) => readFileSync(join(folder, name), "utf8").includes(".integrity="))) {
        throw new Error("no built file checks the style sheets that come later");
      }
      const path = join(folder, "index.html");
      const page = readFileSync(path, "utf8");
      if (!page.includes(BUILD_PLACE)) throw new Error(`the page has no ${BUILD_PLACE}`);
      writeFileSync(path, withHashes(page, found));
      writeFileSync(join(folder, "SHA256SUMS"), listing(folder));
    },
  };
}
