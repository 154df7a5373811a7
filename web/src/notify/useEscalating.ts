/** The dead-man's switch, seen from here: does the server's worker still live? */
import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export type SystemStatus = Schemas["SystemStatusOut"];

const STAFF_MS = 15_000;
const PERSON_MS = 30_000;
/** A first "no" is asked again soon and shown when it stands: a clock that was just set is no alarm. */
const AGAIN_MS = 3_000;

interface Seen {
  status: SystemStatus;
  noes: number;
}

/** The status while nothing escalates; null while all is well or nothing is known. */
export function useStoppedEscalation(account: string | undefined, staff: boolean): SystemStatus | null {
  const found = useQuery({
    queryKey: ["system-status", account],
    enabled: account !== undefined,
    queryFn: async ({ client, queryKey }): Promise<Seen> => {
      const status = await api.get<SystemStatus>("/system-status");
      const before = client.getQueryData<Seen>(queryKey)?.noes ?? 0;
      return { status, noes: status.escalating ? 0 : before + 1 };
    },
    staleTime: 0,
    refetchInterval: (query) =>
      (query.state.data?.noes ?? 0) > 0 ? AGAIN_MS : staff ? STAFF_MS : PERSON_MS,
    // The alarm also sounds from a tab that is not in front.
    refetchIntervalInBackground: staff,
  });
  return found.data !== undefined && found.data.noes > 1 ? found.data.status : null;
}
