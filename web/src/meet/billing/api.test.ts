import { describe, expect, it } from "vitest";

import { amountIn } from "./api";

describe("an amount", () => {
  it("has the digits of its currency and the marks of the language", () => {
    expect(amountIn("en", 123450, "EUR").replace(/\s/g, " ")).toBe("EUR 1,234.50");
    expect(amountIn("de", 123450, "EUR").replace(/\s/g, " ")).toBe("1.234,50 EUR");
    expect(amountIn("en", 1234, "JPY").replace(/\s/g, " ")).toBe("JPY 1,234");
    expect(amountIn("en", -6000, "EUR")).toContain("60.00");
  });
});
