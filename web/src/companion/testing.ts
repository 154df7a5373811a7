/** For tests: what this device kept of the vault, but for its keys, goes. */
import { vaultDb } from "@/vault/db";

export async function closeVaultForTest(): Promise<void> {
  const database = await vaultDb();
  for (const store of ["versions", "drafts", "marks", "stale", "shelves"] as const) {
    await database.clear(store);
  }
}
