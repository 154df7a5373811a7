// @vitest-environment node
import { describe, expect, it } from "vitest";

import table from "@/generated/crisis-lines.json";

import { COUNTRIES } from "./countries";
import { isStale, message, shippedHelp, telephone } from "./lines";

describe("the shipped crisis lines", () => {
  it("cover exactly the countries that can be chosen", () => {
    expect(table.map((each) => each.country).sort()).toEqual([...COUNTRIES].sort());
  });

  it("give every country an emergency number and a line, without network", async () => {
    for (const country of COUNTRIES) {
      const help = await shippedHelp(country, new Date("2026-11-23"));
      expect(help).toMatchObject({ country });
      expect(help?.emergency_numbers).not.toEqual([]);
      expect(help?.lines).not.toEqual([]);
    }
  });

  it("are never shown as confirmed by a practice", async () => {
    const help = await shippedHelp("DE", new Date("2026-11-23"));
    expect(help?.lines.every((line) => line.confirmed_on === null)).toBe(true);
  });

  it("have nothing for a country that is not in the table", async () => {
    expect(await shippedHelp("XX", new Date("2026-11-23"))).toBeNull();
  });
});

describe("age and links", () => {
  it("calls a line old after 180 days", () => {
    expect(isStale("2026-01-01", new Date("2026-06-29"))).toBe(false);
    expect(isStale("2026-01-01", new Date("2026-07-01"))).toBe(true);
  });

  it("calls a line without a date old", () => {
    expect(isStale(null, new Date("2026-07-01"))).toBe(true);
  });

  it("dials what is written, without spaces", () => {
    expect(telephone("0800 111 0 111")).toBe("tel:08001110111");
  });

  it("puts the word that a line asks for into the message", () => {
    expect(message("85258", "SHOUT")).toBe("sms:85258?body=SHOUT");
    expect(message("988", null)).toBe("sms:988");
  });
});
