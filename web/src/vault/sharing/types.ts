/** What the server tells about sharing, and how the screens name it. */
import type { Role } from "@/api/types";

import type { WireEntry, WireFolderKey, WireFolderWrap, WireVersion } from "../engine/wire";

/** Somebody who may be shared with, or who still holds something. */
export interface Person {
  id: string;
  name: string;
  role: Role | null;
  purpose: string | null;
  may_read: boolean;
  starts_on: string | null;
  ends_on: string | null;
  /** The whole history; empty where they have no vault yet. */
  keys: WireEntry[];
  items: number;
}

export interface SharedFolder {
  id: string;
  kind: string;
  epoch: number;
  renew: boolean;
  begun_at: string;
  stopped_at: string | null;
  items: number;
  readers: { reader: string; since: string }[];
  keys: WireFolderKey[];
}

export interface Overview {
  people: Person[];
  folders: SharedFolder[];
}

/** One way in which one reader can read one version: a grant, or a wrap in a folder. */
export interface Reading {
  reader: string;
  folder: string | null;
  epoch: number | null;
  sealed: string;
  signature: string;
  given_at: string;
  opened_at: string | null;
}

export interface SharedItem {
  item: string;
  kind: string;
  revision: number;
  hash: string;
  position: number;
  readers: Reading[];
}

/** A grant as the server takes it, for a version that it has. */
export interface NewGrant {
  item: string;
  hash: string;
  reader: string;
  sealed: string;
  signature: string;
}

export interface NewWrap {
  item: string;
  hash: string;
  epoch: number;
  sealed: string;
  signature: string;
}

/** What a reader gets: a version with the ways in that are theirs. */
export interface ReceivedVersion extends WireVersion {
  position: number;
  superseded: boolean;
  forgotten: boolean;
  received_at: string;
  /** When it was shared with this reader. */
  given_at: string;
  wraps: WireFolderWrap[];
}

export interface Received {
  /** The account whose writing it is. */
  owner: string;
  items: ReceivedVersion[];
  folders: { id: string; kind: string; keys: WireFolderKey[] }[];
  owner_keys: WireEntry[];
  stopped_at: string | null;
  next: number | null;
}

/** How somebody's keys stand with this device. */
export interface Standing {
  id: string;
  state: "none" | "ready" | "unexpected" | "broken";
  compared: boolean;
  changed: boolean;
  /** The twelve words that both people see; empty where there are none to compare. */
  words: string[];
  /** Where keys are shown that do not go on from those this device knew: what it may accept. */
  offered?: Offered;
}

/** Keys that their owner's earlier ones did not sign: the newest entry of the history shown. */
export interface Offered {
  sequence: number;
  hash: string;
  /** The words that went with the keys this device knew. */
  before: string[];
}
