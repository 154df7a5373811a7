import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import { integrity } from "./integrity.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PRECACHE_NAME = "__PRECACHE__";

/**
 * Writes the list of built files into the service worker.
 *
 * The list stands inside sw.js itself, so that its bytes change whenever any file changes: that is
 * what makes a browser install the new version.
 */
function precache(): Plugin {
  return {
    name: "holdfast-precache",
    apply: "build",
    // After Vite's own plug-ins, which take away chunks that held nothing but styles.
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") return;
      const files = Object.keys(bundle)
        .filter((name) => name !== "sw.js" && name !== "index.html" && !name.endsWith(".map"))
        .map((name) => `/${name}`)
        .toSorted();
      worker.code = worker.code.replaceAll(PRECACHE_NAME, JSON.stringify(["/", ...files]));
    },
  };
}

// Not the page itself: each answer carries its own nonce in it.
const COMPRESSED = /\.(?:js|css|svg|json|webmanifest|wasm)$/;

/**
 * Writes each file once more as .gz and .br: the server compresses nothing itself and sends
 * whichever of the three a browser takes.
 */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "holdfast-compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSED.test(name)) continue;
        const path = join(folder, name);
        const content = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precache(), integrity(), compressed()],
  resolve: { alias: { "@": here("./src") } },
  // Workers stand in a folder of their own: the server gives the one with WebAssembly its own policy.
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "assets/workers/[name]-[hash].js" } },
  },
  build: {
    outDir: here("../src/holdfast/web_dist"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // Inlined data: URLs would need a looser content security policy.
    assetsInlineLimit: 0,
    // A list of what each screen imports would be fetched before the first screen, for all of them;
    // a screen's own file names its imports, and after the first visit all are on the device.
    modulePreload: {
      resolveDependencies: (_file, needed, { hostType }) =>
        hostType === "html" ? needed : needed.filter((name) => name.endsWith(".css")),
    },
    rolldownOptions: {
      input: {
        index: here("./index.html"),
        sw: here("./src/sw/sw.ts"),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ["/api", "/_allauth", "/healthz"].map((path) => [path, "http://127.0.0.1:8000"]),
    ),
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./vitest.setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // A day in a person's zone must not depend on the zone of the machine that runs the test.
    env: { TZ: "UTC" },
    maxWorkers: 2,
    // A machine that does other things at the same time is no fault of ours.
    testTimeout: 20_000,
  },
});
