/** Taking other keys for somebody's, after the words were compared. */
import type { Place } from "../opening";
import { vaultWorker } from "../worker";
import { postAccepted } from "./api";
import type { Offered } from "./types";

/** Written down first: without network, or where the keys are others again, nothing is accepted. */
export async function acceptKeys(
  user: string,
  place: Pick<Place, "practiceId" | "client">,
  other: string,
  offered: Offered,
): Promise<void> {
  const { sequence, hash } = offered;
  await postAccepted(place, { user: other, sequence, hash });
  await vaultWorker.ask("acceptKeys", user, other, offered);
}
