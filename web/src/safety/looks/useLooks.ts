/** Has what a person sends looked at in passing, and holds what they are to see of it. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, clientPath } from "@/api/client";
import { useActive } from "@/api/session";
import { keepReport } from "@/companion/device";
import { sendReports } from "@/companion/reports";
import { usePlace } from "@/safety/lines";

import { Looking, type Looked, type LookTicket } from "./looking";

/** A ticket lives two minutes. */
const TICKET_MS = 100_000;

export interface Looks {
  /** Of the newest text that showed something. */
  seen: Looked | null;
  dismiss: () => void;
  /** Undefined for staff, whose messages nobody looks at. */
  look: ((id: string, text: string) => void) | undefined;
}

export function useLooks(user: string, practiceId: string): Looks {
  const { i18n } = useTranslation();
  const { clientId, roles } = useActive();
  const { said } = usePlace();
  const queries = useQueryClient();
  const [seen, setSeen] = useState<Looked | null>(null);
  const begun = useRef(new Set<string>());
  const looking = useRef(new Looking());
  const language = i18n.language;
  const look = useCallback(
    (id: string, text: string): void => {
      if (clientId === null || text.trim() === "" || begun.current.has(id)) return;
      begun.current.add(id);
      const ticket = (anew: boolean): Promise<LookTicket> =>
        queries.fetchQuery({
          // Under the consents: who takes one back needs a new ticket at once.
          queryKey: ["consents", "look-ticket", practiceId, clientId, said],
          queryFn: () =>
            api.post<LookTicket>(clientPath(practiceId, clientId, "/look-tickets"), { country: said }),
          staleTime: anew ? 0 : TICKET_MS,
        });
      const keep = async (report: string, blob: string) => {
        await keepReport(user, report, blob);
        return sendReports(user);
      };
      void looking.current.look(id, text, { ticket, keepReport: keep, language, country: said }).then((found) => {
        if (found !== null) setSeen(found);
      });
    },
    [clientId, language, practiceId, queries, said, user],
  );
  const dismiss = useCallback(() => setSeen(null), []);
  return { seen, dismiss, look: clientId !== null && roles.has("client") ? look : undefined };
}
