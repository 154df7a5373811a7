import { describe, expect, it } from "vitest";

import { tokenIn } from "./api";

describe("the token of a link", () => {
  it("is what stands after the #", () => {
    expect(tokenIn(`#${"aB3_-".repeat(10)}`)).toBe("aB3_-".repeat(10));
  });

  it("is none where the fragment holds something else", () => {
    for (const wrong of ["", "#", "#short", `#${"a".repeat(101)}`, "#<script>alert(1)</script>"]) {
      expect(tokenIn(wrong)).toBe("-");
    }
  });
});
