/** A person's conversations on this device, and leave to have one. */
import { type QueryClient, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useOwnRecord } from "@/api/session";
import { usePlace as useWhere } from "@/safety/lines";
import type { Place } from "@/vault/opening";
import type { Access } from "@/vault/useJournal";

import { asFailure, fetchLeave, type Leave } from "./api";
import { Keeping } from "./keeping";
import type { Session } from "./session";
import { type Conversation, conversations, exchange, hasPlan, type Memory, memory } from "./store";
import { type Ticket, TurnFailed } from "./transport";

/** How long the newest turns of other devices are waited for before those here are shown. */
const PATIENCE_MS = 4_000;
/** A ticket lives ten minutes. */
const TICKET_MS = 8 * 60_000;

async function locked(client: QueryClient, place: Place): Promise<void> {
  const answer = await exchange(place, { fetchToo: true });
  if (typeof answer === "boolean") return;
  const moved: Access = { state: "locked", vault: answer, moved: true };
  client.setQueryData(["vault-access", place.user], moved);
}

export interface Here {
  all: Conversation[];
  memory: Memory;
  plan: boolean;
}

async function read(place: Place): Promise<Here> {
  const all = await conversations(place);
  return { all, memory: (await memory(place)).memory, plan: await hasPlan(place) };
}

/** The conversations that are here, after asking for those of other devices. */
export function useConversations(place: Place): UseQueryResult<Here> {
  const client = useQueryClient();
  const queryKey = ["companion", place.user, place.client];
  return useQuery({
    queryKey,
    queryFn: async (): Promise<Here> => {
      const asked = locked(client, place).then(() => true);
      const late = new Promise<boolean>((done) => setTimeout(() => done(false), PATIENCE_MS));
      const inTime = await Promise.race([asked, late]);
      const here = await read(place);
      // A slow network's answer is shown when it comes.
      if (!inTime) void asked.then(async () => client.setQueryData(queryKey, await read(place))).catch(() => undefined);
      return here;
    },
    staleTime: Infinity,
    gcTime: 0,
    networkMode: "always",
    refetchOnWindowFocus: false,
  });
}

const leaveQuery = (
  place: Pick<Place, "practiceId" | "client">,
  body: { language: string; country: string | null },
) => ({
  queryKey: ["companion-leave", place.practiceId, place.client, body.language, body.country],
  queryFn: () => fetchLeave(place, body),
});

/** Whether a conversation may begin, and what the person is told before. */
export function useLeave(): UseQueryResult<Leave> {
  const { i18n } = useTranslation();
  const { practiceId, clientId } = useOwnRecord();
  const { said } = useWhere();
  return useQuery({
    ...leaveQuery({ practiceId, client: clientId }, { language: i18n.language, country: said }),
    staleTime: TICKET_MS,
    retry: false,
    networkMode: "always",
  });
}

/** Gives the ticket for a turn, a new one where the last is old or was refused. */
export function useTicket(): (anew: boolean) => Promise<Ticket> {
  const client = useQueryClient();
  const { i18n } = useTranslation();
  const { practiceId, clientId } = useOwnRecord();
  const { said } = useWhere();
  return useCallback(
    async (anew: boolean): Promise<Ticket> => {
      const query = leaveQuery(
        { practiceId, client: clientId },
        { language: i18n.language, country: said },
      );
      let leave: Leave;
      try {
        leave = await client.fetchQuery({ ...query, staleTime: anew ? 0 : TICKET_MS });
      } catch (error) {
        throw asFailure(error);
      }
      if (leave.ticket === null) throw new TurnFailed("refused");
      return { ticket: leave.ticket, origin: leave.url };
    },
    [client, i18n.language, practiceId, clientId, said],
  );
}

/** A session of a conversation that is kept in `place`, or nowhere where that is null. */
export function useSession(
  place: Place | null,
  chosen: Conversation,
  { memory: remembered, plan }: Omit<Here, "all">,
  user: string,
): Session {
  const { i18n } = useTranslation();
  const { said } = useWhere();
  const ticket = useTicket();
  const around = useMemo(
    () => ({ language: i18n.language, country: said, ticket, remembered, plan }),
    [i18n.language, said, ticket, remembered, plan],
  );
  const [keeping] = useState(() => new Keeping(place, chosen, user, around));
  useEffect(() => keeping.surround(around), [keeping, around]);
  useEffect(() => keeping.start(), [keeping]);
  return keeping.session;
}
