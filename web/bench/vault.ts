/** The vault's engine in a browser, timed: bundled and run by bench/journal.py. */
import { sealFile } from "../src/vault/engine/files";
import { openKey, sealKey } from "../src/vault/engine/hpke";
import { open, seal, SUITE, type Version } from "../src/vault/engine/items";
import { keysOf, newSeeds } from "../src/vault/engine/keys";

type Task = "wrap" | "unwrap" | "seal" | "open" | "file";

const PIECE = 1024 * 1024;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Seconds that each task took for `count` items of `bytes` bytes; `file` is one of 8 MiB. */
export async function run(count: number, bytes: number): Promise<Record<Task, number>> {
  const keys = await keysOf(newSeeds());
  const owner = crypto.randomUUID();
  const reader = { id: owner, keys: keys.public };
  const content = crypto.getRandomValues(new Uint8Array(bytes));
  const info = new TextEncoder().encode("bench");
  const each = Array.from({ length: count }, (_, at) => at);
  const sealedKeys: Uint8Array<ArrayBuffer>[] = [];
  const versions: Version[] = [];
  const header = () => ({
    suite: SUITE,
    item: crypto.randomUUID(),
    owner,
    kind: "journal",
    schema: 2,
    revision: 1,
    previous: [],
  });
  return {
    wrap: await timed(async () => {
      const key = new Uint8Array(32);
      sealedKeys.push(...(await Promise.all(each.map(() => sealKey(key, keys.public, info)))));
    }),
    unwrap: await timed(() => Promise.all(sealedKeys.map((one) => openKey(one, keys, info)))),
    seal: await timed(async () => {
      const made = each.map(() => seal({ header: header(), content, owner: keys }));
      versions.push(...(await Promise.all(made)));
    }),
    open: await timed(() => Promise.all(versions.map((one) => open(one, reader, keys, keys.public)))),
    file: await timed(() => sealFile(crypto.randomUUID(), owner, new Uint8Array(8 * PIECE))),
  };
}
