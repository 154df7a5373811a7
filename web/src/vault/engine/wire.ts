/** The vault's objects as JSON: bytes are base64url without padding. */
import { fromBase64Url, toBase64Url } from "@/auth/bytes";

import type { FolderKey, FolderWrap } from "./folders";
import type { KeyEntry } from "./keys";
import type { Grant, Version } from "./items";
import type { Wrap, WrapKind } from "./wraps";

export interface WireVersion {
  suite: number;
  item: string;
  owner: string;
  kind: string;
  content_schema: number;
  revision: number;
  previous: string[];
  ciphertext: string;
  signature: string;
  grants: WireGrant[];
}

export interface WireGrant {
  reader: string;
  sealed: string;
  signature: string;
}

export interface WireFolderKey extends WireGrant {
  epoch: number;
}

export interface WireFolderWrap {
  folder: string;
  epoch: number;
  sealed: string;
  signature: string;
}

export interface WireWrap {
  kind: WrapKind;
  version: number;
  sequence: number;
  memory_kib: number;
  passes: number;
  parallelism: number;
  salt: string;
  sealed: string;
  /** The passkey's identifier; absent for the other kinds. */
  credential?: string;
}

export interface WireEntry {
  sequence: number;
  agreement: string;
  signing: string;
  created: number;
  previous: string;
  signature: string;
  continuity: string;
  /** To the owner alone: the keys that this entry replaced, sealed to its own. */
  earlier?: string;
}

export const grantOut = ({ reader, sealed, signature }: Grant): WireGrant => ({
  reader,
  sealed: toBase64Url(sealed),
  signature: toBase64Url(signature),
});

export const grantIn = ({ reader, sealed, signature }: WireGrant): Grant => ({
  reader,
  sealed: fromBase64Url(sealed),
  signature: fromBase64Url(signature),
});

export const folderKeyOut = (key: FolderKey): WireFolderKey => ({
  ...grantOut(key),
  epoch: key.epoch,
});

export const folderKeyIn = (wire: WireFolderKey): FolderKey => ({
  ...grantIn(wire),
  epoch: wire.epoch,
});

export const folderWrapOut = ({ folder, epoch, sealed, signature }: FolderWrap): WireFolderWrap => ({
  folder,
  epoch,
  sealed: toBase64Url(sealed),
  signature: toBase64Url(signature),
});

export const folderWrapIn = ({ folder, epoch, sealed, signature }: WireFolderWrap): FolderWrap => ({
  folder,
  epoch,
  sealed: fromBase64Url(sealed),
  signature: fromBase64Url(signature),
});

export const versionOut = ({ header, ciphertext, signature, grants }: Version): WireVersion => ({
  suite: header.suite,
  item: header.item,
  owner: header.owner,
  kind: header.kind,
  content_schema: header.schema,
  revision: header.revision,
  previous: header.previous.map(toBase64Url),
  ciphertext: toBase64Url(ciphertext),
  signature: toBase64Url(signature),
  grants: grants.map(grantOut),
});

export const versionIn = (wire: WireVersion): Version => ({
  header: {
    suite: wire.suite,
    item: wire.item,
    owner: wire.owner,
    kind: wire.kind,
    schema: wire.content_schema,
    revision: wire.revision,
    previous: wire.previous.map(fromBase64Url),
  },
  ciphertext: fromBase64Url(wire.ciphertext),
  signature: fromBase64Url(wire.signature),
  grants: wire.grants.map(grantIn),
});

export const wrapOut = ({ kind, version, sequence, cost, salt, sealed, credential }: Wrap): WireWrap => ({
  kind,
  version,
  sequence,
  memory_kib: cost.memory_kib,
  passes: cost.passes,
  parallelism: cost.parallelism,
  salt: toBase64Url(salt),
  sealed: toBase64Url(sealed),
  ...(credential.length === 0 ? {} : { credential: toBase64Url(credential) }),
});

export const wrapIn = (user: string, wire: WireWrap): Wrap => ({
  user,
  kind: wire.kind,
  version: wire.version,
  sequence: wire.sequence,
  cost: { memory_kib: wire.memory_kib, passes: wire.passes, parallelism: wire.parallelism },
  salt: fromBase64Url(wire.salt),
  sealed: fromBase64Url(wire.sealed),
  credential: fromBase64Url(wire.credential ?? ""),
});

export const entryOut = (entry: KeyEntry): WireEntry => ({
  sequence: entry.sequence,
  agreement: toBase64Url(entry.keys.agreement),
  signing: toBase64Url(entry.keys.signing),
  created: entry.created,
  previous: toBase64Url(entry.previous),
  signature: toBase64Url(entry.signature),
  continuity: toBase64Url(entry.continuity),
});

export const entryIn = (user: string, wire: WireEntry): KeyEntry => ({
  user,
  sequence: wire.sequence,
  keys: { agreement: fromBase64Url(wire.agreement), signing: fromBase64Url(wire.signing) },
  created: wire.created,
  previous: fromBase64Url(wire.previous),
  signature: fromBase64Url(wire.signature),
  continuity: fromBase64Url(wire.continuity),
});
