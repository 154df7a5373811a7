import { useParams } from "@tanstack/react-router";
import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Page, Query } from "@/design";

import { OVER, type Place, type Seen, useMoves, useRoom } from "./api";
import { DeviceCheck } from "./DeviceCheck";
import { forgetReady, readReady, writeReady } from "./device";
import type { Kind } from "./link";
import { Left } from "./Left";
import { Lobby } from "./Lobby";
import { Over } from "./Over";
import { RoomView } from "./RoomView";
import "./rooms.css";
import { useCall } from "./useCall";
import { useDevices } from "./useDevices";
import { Waiting } from "./Waiting";

const WRITTEN: readonly Kind[] = [];
const KINDS: Record<string, readonly Kind[]> = { video: ["audio", "video"], phone: ["audio"] };

/** A visit, for whichever side is at this device: tried out, waited for, in the room, and over. */
export default function VisitPage(): ReactElement {
  const { clientId = "", encounterId = "" } = useParams({ strict: false });
  const { practice } = useActive();
  const { t } = useTranslation("rooms");
  const place = useMemo(
    () => ({ practice: practice.id, client: clientId, encounter: encounterId }),
    [practice.id, clientId, encounterId],
  );
  const room = useRoom(place);
  return (
    <Page
      title={room.data === undefined ? t("title") : t("with", { name: room.data.other.name })}
      width="full"
    >
      <Query query={room}>{(data) => <Visit key={encounterId} place={place} room={data} />}</Query>
    </Page>
  );
}

function Visit({ place, room }: { place: Place; room: Seen }): ReactElement {
  const kinds = KINDS[room.visit.medium] ?? WRITTEN;
  const moves = useMoves(place);
  const devices = useDevices();
  const [choice] = useState(() => readReady(place.encounter));
  const [ready, setReady] = useState(choice !== null);
  const [left, setLeft] = useState(false);
  const over = OVER.has(room.visit.status);
  const here = ready && !left && !over;

  // Back after a reload: with the devices as they were, to where the visit is.
  const { start } = devices;
  const returned = useRef(choice !== null);
  const { step } = moves;
  const camera = choice?.camera ?? true;
  useEffect(() => {
    if (!returned.current || over) return;
    returned.current = false;
    void start(kinds.filter((kind) => kind !== "video" || camera));
    void step("arrive").catch(() => undefined);
  }, [start, step, kinds, camera, over]);

  const { stop } = devices;
  useEffect(() => {
    if (!over) return;
    stop();
    forgetReady(place.encounter);
  }, [over, stop, place.encounter]);

  const handle = useCall({ place, room, kinds, tracks: devices.tracks, moves, here });

  const come = async (): Promise<void> => {
    await moves.step("arrive");
    writeReady(place.encounter, { camera: devices.tracks.video !== null });
    setReady(true);
    setLeft(false);
  };
  const leave = async (): Promise<void> => {
    forgetReady(place.encounter);
    setLeft(true);
    setReady(false);
    devices.stop();
    await moves.step("leave");
  };

  if (over) return <Over place={place} room={room} />;
  if (left) {
    return (
      <Left
        place={place}
        room={room}
        moves={moves}
        onBack={async () => {
          await devices.start(kinds);
          await come();
        }}
      />
    );
  }
  if (!ready) return <DeviceCheck room={room} kinds={kinds} devices={devices} moves={moves} onReady={come} />;
  const open = room.visit.status === "admitted" || room.visit.status === "in_session";
  if (open) {
    return (
      <RoomView place={place} room={room} kinds={kinds} devices={devices} moves={moves} handle={handle} onLeave={leave} />
    );
  }
  return room.side === "client" ? (
    <Waiting room={room} devices={devices} onLeave={leave} />
  ) : (
    <Lobby room={room} devices={devices} moves={moves} onLeave={leave} />
  );
}
