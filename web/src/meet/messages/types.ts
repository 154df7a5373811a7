/** What the server tells about threads. */
import type { Schemas } from "@/api/types";
import type { WireEntry } from "@/vault/engine/wire";

export type ThreadRow = Schemas["ThreadRow"];
export type MessageRow = Schemas["ThreadMessageOut"];
export type MessagesPageOut = Schemas["ThreadMessagesOut"];
export type Kind = ThreadRow["kind"];

export interface ThreadPerson {
  id: string;
  name: string;
  role: string;
  member: boolean;
  within: Schemas["ThreadPerson"]["within"];
  keys: WireEntry[];
}

/** A thread with what opens it. */
export type ThreadWire = Omit<Schemas["ThreadOut"], "people"> & { people: ThreadPerson[] };

/** Whose threads, in which practice. */
export interface Place {
  user: string;
  practiceId: string;
}
