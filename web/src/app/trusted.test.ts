import { describe, expect, it, vi } from "vitest";

import { createHTML, createScriptURL, installPolicy, readIntegrity } from "./trusted";

describe("the trusted types policy", () => {
  it("takes style sheets and no markup", () => {
    const sheet = "@media (max-width: 40em) { .a > .b { color: red } }";
    expect(createHTML(sheet)).toBe(sheet);
    for (const markup of ["<img src=x onerror=alert(1)>", "a < b", "</style><script>"]) {
      expect(() => createHTML(markup)).toThrow(TypeError);
    }
  });

  it("takes scripts of this origin alone", () => {
    for (const own of ["/sw.js", "assets/workers/kdf.js", `${location.origin}/assets/a.js`]) {
      expect(createScriptURL(own)).toBe(own);
    }
    for (const foreign of [
      "https://evil.example/a.js",
      "//evil.example/a.js",
      "data:text/javascript,alert(1)",
      `blob:${location.origin}/0f8fad5b`,
      "javascript:alert(1)",
    ]) {
      expect(() => createScriptURL(foreign)).toThrow(TypeError);
    }
  });

  it("is the default one, and never makes a script of a string", () => {
    const createPolicy = vi.fn<(name: string, rules: object) => void>();
    installPolicy({ trustedTypes: { createPolicy } });
    expect(createPolicy).toHaveBeenCalledWith("default", { createHTML, createScriptURL });
    expect(() => installPolicy({})).not.toThrow();
  });
});

describe("the hashes of the built files", () => {
  it("are those of the page, and none where it has none", () => {
    const realm: { holdfastIntegrity?: Record<string, string> } = {};
    readIntegrity(realm, document.implementation.createHTMLDocument());
    expect(realm.holdfastIntegrity).toEqual({});
    const page = document.implementation.createHTMLDocument();
    const map = page.createElement("script");
    map.type = "importmap";
    map.textContent = '{"integrity":{"/assets/a.css":"sha256-x"}}';
    page.head.append(map);
    readIntegrity(realm, page);
    expect(realm.holdfastIntegrity).toEqual({ "/assets/a.css": "sha256-x" });
  });
});
