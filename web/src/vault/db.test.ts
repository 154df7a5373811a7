// @vitest-environment node
import { openDB } from "idb";
import { expect, it } from "vitest";

import { vaultDb } from "./db";
import { waitingCount } from "./exchange";

const USER = "00000000-0000-4000-8000-000000000001";
const CLIENT = "00000000-0000-4000-8000-000000000003";

it("takes over what the first version of the app kept, and knows what still waits", async () => {
  const first = await openDB("holdfast-vault", 1, {
    upgrade(database) {
      database.createObjectStore("versions", { keyPath: ["user", "client", "item", "hash"] });
      database.createObjectStore("drafts", { keyPath: ["user", "client", "item"] });
      database.createObjectStore("marks", { keyPath: ["user", "client"] });
    },
  });
  for (const [hash, position] of [["a", 1], ["b", null], ["c", 2], ["d", null]]) {
    await first.put("versions", { user: USER, client: CLIENT, item: "i", hash, position, refused: null });
  }
  first.close();
  const place = { user: USER, client: CLIENT, practiceId: "" };
  expect(await waitingCount(place)).toBe(2);
  const database = await vaultDb();
  expect(await database.count("versions")).toBe(4);
  const found = await database.getFromIndex("versions", "position", [USER, CLIENT, 2]);
  expect(found?.hash).toBe("c");
});
