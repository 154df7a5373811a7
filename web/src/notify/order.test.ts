import { describe, expect, it } from "vitest";

import { moved } from "./Order";

describe("the order of the ways to tell somebody", () => {
  it("changes places with the neighbour", () => {
    expect(moved(["web_push", "email", "sms"], "email", -1)).toEqual(["email", "web_push", "sms"]);
    expect(moved(["web_push", "email", "sms"], "email", 1)).toEqual(["web_push", "sms", "email"]);
  });

  it("stays as it is at its ends", () => {
    expect(moved(["web_push", "email"], "web_push", -1)).toEqual(["web_push", "email"]);
    expect(moved(["web_push", "email"], "email", 1)).toEqual(["web_push", "email"]);
  });
});
