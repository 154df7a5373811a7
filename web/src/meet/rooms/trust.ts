/** Who the other side is: by signatures of the vault's keys, as far as both sides have them. */
import { type Calling, callWords, type CallStatement } from "@/vault/calling";
import { VaultError } from "@/vault/engine/errors";
import type { WireEntry } from "@/vault/engine/wire";

import { Refused, type Trust } from "./link";

export interface Known {
  account: string;
  keys: WireEntry[];
}

export type Ask = <Name extends keyof Calling>(
  name: Name,
  ...given: Parameters<Calling[Name]>
) => ReturnType<Calling[Name]>;

export interface Signing {
  sign(said: CallStatement): Promise<string | null>;
  check(said: CallStatement, signature: string | null): Promise<Trust>;
  words(mine: readonly string[], theirs: readonly string[]): Promise<string[]>;
}

async function signed(ask: Ask, me: string, other: Known, said: CallStatement, signature: string): Promise<Trust> {
  try {
    return (await ask("checkCall", me, other.keys, said, signature)) ? "compared" : "signed";
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new Refused(error.code === "keys-changed-unexpectedly" ? "other-keys" : "wrong-signature");
  }
}

/**
 * `bareAllowed`: the person at this device decided to go on without a signature that should be there,
 * and to compare the words instead. A wrong signature, or other keys, are taken by nobody.
 */
export function signing(ask: Ask, visit: string, own: Known, other: Known, bareAllowed: () => boolean): Signing {
  return {
    async sign(said) {
      if (own.keys.length === 0) return null;
      try {
        return await ask("signCall", own.account, said);
      } catch (error) {
        // Closed on this device: the other side is told by there being no signature.
        if (error instanceof VaultError) return null;
        throw error;
      }
    },

    async check(said, signature) {
      if (other.keys.length === 0) {
        // A server that says there are no keys is not believed by a device that has seen them.
        if (await ask("knowsKeys", own.account, other.account)) throw new Refused("other-keys");
        return "bare";
      }
      if (signature !== null) return signed(ask, own.account, other, said, signature);
      if (bareAllowed()) return "bare";
      throw new Refused("not-signed");
    },

    words: (mine, theirs) => callWords(visit, mine, theirs),
  };
}
