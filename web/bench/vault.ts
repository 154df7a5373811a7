/** The vault's engine in a browser, timed: bundled and run by bench/journal.py. */
import { sealFile } from "../src/vault/engine/files";
import { openKey, sealKey } from "../src/vault/engine/hpke";
import { type Header, open, seal, SUITE, type Version } from "../src/vault/engine/items";
import { keysOf, newSeeds, type PrivateKeys } from "../src/vault/engine/keys";

type Task = "wrap" | "unwrap" | "seal" | "open" | "file";

const PIECE = 1024 * 1024;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

interface Made {
  count: number;
  keys: PrivateKeys;
  owner: string;
  sealedKeys: Uint8Array<ArrayBuffer>[];
  versions: Version[];
}

let made: Made | null = null;

const header = (owner: string): Header => ({
  suite: SUITE,
  item: crypto.randomUUID(),
  owner,
  kind: "journal",
  schema: 2,
  revision: 1,
  previous: [],
});

/** Seconds that a task took for `count` items of `bytes` bytes; `file` is one of 8 MiB. */
export async function run(task: Task, count: number, bytes: number): Promise<number> {
  made ??= {
    count,
    keys: await keysOf(newSeeds()),
    owner: crypto.randomUUID(),
    sealedKeys: [],
    versions: [],
  };
  const { keys, owner } = made;
  const content = crypto.getRandomValues(new Uint8Array(bytes));
  const info = new TextEncoder().encode("bench");
  const each = Array.from({ length: count }, (_, at) => at);
  const reader = { id: owner, keys: keys.public };
  const key = new Uint8Array(32);
  const { sealedKeys, versions } = made;
  const work: Record<Task, () => Promise<unknown>> = {
    wrap: () => Promise.all(each.map(async (at) => (sealedKeys[at] = await sealKey(key, keys.public, info)))),
    unwrap: () => Promise.all(sealedKeys.map((one) => openKey(one, keys, info))),
    seal: () =>
      Promise.all(
        each.map(async (at) => (versions[at] = await seal({ header: header(owner), content, owner: keys }))),
      ),
    open: () => Promise.all(versions.map((one) => open(one, reader, keys, keys.public))),
    file: () => sealFile(crypto.randomUUID(), owner, new Uint8Array(8 * PIECE)),
  };
  return timed(work[task]);
}
