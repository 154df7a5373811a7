// @vitest-environment node
import { describe, expect, it } from "vitest";

import { safeNext } from "./Login";

describe("where log-in leads afterwards", () => {
  it("leads to paths of this app alone", () => {
    expect(safeNext("/people/1?tab=notes")).toBe("/people/1?tab=notes");
    for (const away of ["https://evil.example", "//evil.example", "/\\evil.example", "evil", null, 7]) {
      expect(safeNext(away)).toBe("/");
    }
  });
});
