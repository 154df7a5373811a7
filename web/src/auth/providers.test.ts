import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { allauth } from "@/api/allauth";

import { goToProvider, journey, journeyDone } from "./providers";

const answers = (status: number, body: unknown): void => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );
};

describe("the way to an identity provider and back", () => {
  const assign = vi.fn<(url: string) => void>();
  beforeEach(() => {
    window.sessionStorage.clear();
    vi.stubGlobal("location", { ...window.location, assign });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    assign.mockReset();
  });

  it("keeps where it left from, and the invitation, in this tab alone", async () => {
    answers(200, { url: "https://id.example/authorize?state=s" });
    await goToProvider({ provider: "uni" }, { next: "/me", token: "secret-token" });
    expect(assign).toHaveBeenCalledWith("https://id.example/authorize?state=s");
    expect(journey()).toEqual({ next: "/me", token: "secret-token" });
    const sent = vi.mocked(fetch).mock.calls.map((call) => JSON.stringify(call));
    expect(sent.some((each) => each.includes("secret-token"))).toBe(false);
    journeyDone();
    expect(journey()).toEqual({ next: "/" });
  });

  it("stays where it is when the server does not know the way", async () => {
    answers(424, { code: "provider-away" });
    await expect(goToProvider({ provider: "uni" }, { next: "/" })).rejects.toThrow("provider-away");
    expect(assign).not.toHaveBeenCalled();
  });

  it("takes nothing from what is no journey", () => {
    window.sessionStorage.setItem("holdfast.sign-in", JSON.stringify({ next: 5, token: null }));
    expect(journey()).toEqual({ next: "/" });
  });

  it.each([
    [200, {}, { kind: "signed-in" }],
    [
      401,
      { flows: [{ id: "login" }, { id: "mfa_authenticate", is_pending: true, types: ["totp"] }] },
      { kind: "second-factor", types: ["totp"] },
    ],
    [
      401,
      { flows: [{ id: "provider_signup", is_pending: true, provider: { id: "uni", name: "Uni" } }] },
      { kind: "joining", provider: { id: "uni", name: "Uni" } },
    ],
    [401, { flows: [{ id: "login" }] }, { kind: "nobody" }],
  ])("knows where somebody stands who comes back (%i)", async (status, data, expected) => {
    answers(status, { status, data });
    expect(await allauth.standing()).toEqual(expected);
  });
});
