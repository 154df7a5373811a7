/** Calling the person of a visit on their ordinary phone, and what the visit hears of it. */
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { api, clientPath } from "@/api/client";
import type { Schemas } from "@/api/types";

import type { Moves, Place, Seen, Visit } from "./api";
import { PhoneCall, type PhoneStanding } from "./phone";

export type Reachable = Schemas["PhoneOut"];

const path = ({ practice, client, encounter }: Place, rest = ""): string =>
  clientPath(practice, client, `/encounters/${encounter}/phone${rest}`);

export interface Phone {
  /** Whether the person can be called, and why not. */
  reachable: UseQueryResult<Reachable>;
  standing: PhoneStanding | null;
  error: unknown;
  call: () => Promise<void>;
  hangUp: () => void;
}

interface Given {
  place: Place;
  room: Seen;
  microphone: MediaStreamTrack | null;
  moves: Moves;
  /** The clinician, in their own visit by phone. */
  on: boolean;
}

export function usePhone({ place, room, microphone, moves, on }: Given): Phone {
  const [standing, setStanding] = useState<PhoneStanding | null>(null);
  const [error, setError] = useState<unknown>(null);
  const held = useRef<PhoneCall | null>(null);
  const latest = useRef({ room, moves, microphone });
  useEffect(() => {
    latest.current = { room, moves, microphone };
  });
  const reachable = useQuery({
    queryKey: ["phone", place.practice, place.client, place.encounter],
    queryFn: () => api.post<Reachable>(path(place)),
    enabled: on,
    staleTime: 60_000,
  });

  const phase = standing?.phase ?? null;
  const talked = useRef(false);
  useEffect(() => {
    const { moves: heard } = latest.current;
    if (phase === "talking") {
      talked.current = true;
      // What the server hears late, it hears with the next call; this one does not wait for it.
      void api.post<Visit>(path(place, "/answered")).then(heard.told, () => undefined);
    } else if (phase === "over" && talked.current) {
      talked.current = false;
      void heard.lost().catch(() => undefined);
    }
  }, [phase, place]);

  useEffect(() => {
    void held.current?.replace(microphone);
  }, [microphone]);
  // Out of the room, finished or gone: nobody stays on the line.
  useEffect(() => {
    if (!on) held.current?.hangUp();
  }, [on]);
  useEffect(() => () => held.current?.hangUp(), []);

  const call = useCallback(async () => {
    setError(null);
    try {
      const { ticket, url } = await api.post<Schemas["PhoneTicketOut"]>(path(place, "/calls"));
      const { ice_servers, relay_only } = latest.current.room;
      const made = new PhoneCall({
        socket: () => new WebSocket(url),
        ticket,
        connection: () =>
          new RTCPeerConnection({
            iceServers: ice_servers,
            iceTransportPolicy: relay_only ? "relay" : "all",
          }),
        changed: setStanding,
      });
      held.current = made;
      setStanding(made.standing);
      await made.start(latest.current.microphone);
    } catch (failed) {
      setError(failed);
    }
  }, [place]);
  const hangUp = useCallback(() => held.current?.hangUp(), []);
  return { reachable, standing, error, call, hangUp };
}
