/**
 * The one Trusted Types policy: what a string may become where a browser would run it.
 *
 * The server's policy (`require-trusted-types-for 'script'`) makes the browser ask the policy named
 * `default` for every string that goes into such a place. Nothing of ours writes markup. Mantine
 * writes style sheets by `innerHTML`, which hold no `<`; workers are started from our own files.
 */

export function createHTML(text: string): string {
  if (text.includes("<")) throw new TypeError("Markup is never made of a string here.");
  return text;
}

/** Our own files alone: a `blob:` address has our origin, too, and anything may be in it. */
export function createScriptURL(text: string): string {
  const { location } = globalThis;
  const url = new URL(text, location.href);
  if (url.origin !== location.origin || url.protocol !== location.protocol) {
    throw new TypeError("Scripts come from this app's own server only.");
  }
  return text;
}

interface Factory {
  createPolicy: (
    name: string,
    // No createScript: a string never becomes a script.
    rules: { createHTML: typeof createHTML; createScriptURL: typeof createScriptURL },
  ) => unknown;
}

interface Realm {
  trustedTypes?: Factory;
  /** Hash of each built file by its path, for style sheets that are asked for later. */
  holdfastIntegrity?: Record<string, string>;
}

export function installPolicy(realm: Realm): void {
  realm.trustedTypes?.createPolicy("default", { createHTML, createScriptURL });
}

/** Reads the hashes that the build wrote into the page; a page of the development server has none. */
export function readIntegrity(realm: Realm, page: Document): void {
  const text = page.querySelector('script[type="importmap"]')?.textContent ?? "{}";
  const map = JSON.parse(text) as { integrity?: Record<string, string> };
  realm.holdfastIntegrity = map.integrity ?? {};
}

installPolicy(globalThis as Realm);
readIntegrity(globalThis as Realm, document);
