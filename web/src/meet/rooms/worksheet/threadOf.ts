import type { ThreadRow } from "@/meet/messages/types";

/** The thread of these two: the one in which there is nobody else, if there is one. */
export function threadOf(threads: readonly ThreadRow[], two: readonly string[]): ThreadRow | undefined {
  return threads
    .filter(({ kind, members }) => kind === "client" && two.every((one) => members.some(({ id }) => id === one)))
    .toSorted((a, b) => a.members.length - b.members.length)[0];
}
