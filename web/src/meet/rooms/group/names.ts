import type { SeenGroup } from "./api";
import type { GroupHandle } from "./useGroup";

/** What somebody is called here: as they said, else as the server may tell. */
export function nameOf(account: string, room: SeenGroup, { presence }: Pick<GroupHandle, "presence">, unknown: string): string {
  const said = presence.people.find((one) => one.account === account)?.card?.name ?? "";
  if (said !== "") return said;
  return [...room.hosts, ...room.people].find((one) => one.account === account)?.name || unknown;
}
