// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

import { allauth } from "./allauth";

function answer(status: number, body: unknown): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status })));
}

describe("secondFactorCodes", () => {
  it("is empty where no codes were ever made", async () => {
    answer(404, { status: 404 });
    await expect(allauth.secondFactorCodes()).resolves.toEqual([]);
  });

  it("gives the codes that are left", async () => {
    answer(200, { status: 200, data: { type: "recovery_codes", unused_codes: ["11112222"] } });
    await expect(allauth.secondFactorCodes()).resolves.toEqual(["11112222"]);
  });

  it("still says when the server asks for the password again", async () => {
    answer(401, { status: 401, data: { flows: [{ id: "reauthenticate" }] } });
    await expect(allauth.secondFactorCodes()).rejects.toMatchObject({ code: "reauthenticate" });
  });
});
