import { useParams } from "@tanstack/react-router";
import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useActive } from "@/api/session";
import { Page, Query } from "@/design";
import { topics } from "@/live/socket";

import type { Kind } from "../link";
import { useKeysOpen } from "../OwnKeysStep";
import "../rooms.css";
import { OVER } from "../states";
import { useDevices } from "../useDevices";
import { type GroupPlace, type SeenGroup, useGroupMoves, useGroupRoom } from "./api";
import { firstWord, forgetReady, readReady, writeReady } from "./device";
import { GroupControls } from "./GroupControls";
import { GroupDoor } from "./GroupDoor";
import { GroupNotes } from "./GroupNotes";
import { GroupOver, GroupWaiting } from "./GroupStill";
import { GroupView } from "./GroupView";
import { Guests } from "./Guests";
import "./group.css";
import { useGroup } from "./useGroup";

const KINDS: Record<string, readonly Kind[]> = { video: ["audio", "video"], phone: ["audio"] };
const SOUND: readonly Kind[] = ["audio"];

/** A group's visit, for whoever belongs to it: the door, the waiting room, the room, and its end. */
export default function GroupPage(): ReactElement {
  const { appointment = "" } = useParams({ strict: false });
  const { practice } = useActive();
  const { t } = useTranslation("groupRoom");
  const place = useMemo(() => ({ practice: practice.id, appointment }), [practice.id, appointment]);
  const room = useGroupRoom(place);
  return (
    <Page title={room.data?.title ?? t("title")} width="full">
      <Query query={room}>{(data) => <Group key={appointment} place={place} room={data} />}</Query>
    </Page>
  );
}

function Group({ place, room }: { place: GroupPlace; room: SeenGroup }): ReactElement {
  const kinds = KINDS[room.medium] ?? SOUND;
  const moves = useGroupMoves(place, room);
  const devices = useDevices();
  const [choice] = useState(() => readReady(place.appointment));
  const [name, setName] = useState(choice?.name ?? (room.called || firstWord(room.own.name)));
  const [ready, setReady] = useState(choice !== null);
  const own = useMemo(() => ({ account: room.own.account ?? "", keys: room.own.keys }), [room.own]);
  const keysOpen = useKeysOpen(own);
  const over = room.visit === null ? !room.inside : OVER.has(room.visit.status);
  const known = keysOpen !== undefined || own.keys.length === 0;
  const here = ready && room.inside && !over && known;

  // Back after a reload: with the devices as they were.
  const { start, stop } = devices;
  const { arrive, again } = moves;
  const returned = useRef(choice !== null);
  const camera = choice?.camera ?? true;
  useEffect(() => {
    if (!returned.current || over) return;
    returned.current = false;
    void start(kinds.filter((kind) => kind !== "video" || camera));
    void arrive().catch(() => undefined);
  }, [start, arrive, kinds, camera, over]);
  useEffect(() => {
    if (!over) return;
    stop();
    forgetReady(place.appointment);
  }, [over, stop, place.appointment]);

  // Who waits learns from their own visit that they were let in.
  const visit = room.visit?.id ?? null;
  useEffect(() => {
    if (visit === null) return undefined;
    const heard = (): void => void again();
    return topics(place.practice).subscribe(`visit:${visit}`, { told: heard, gap: heard });
  }, [place.practice, visit, again]);

  const group = useGroup({
    place,
    room,
    kinds,
    tracks: devices.tracks,
    microphoneOn: devices.microphoneOn,
    moves,
    name,
    keysOpen: keysOpen === true,
    here,
  });

  const come = async (): Promise<void> => {
    await moves.arrive();
    writeReady(place.appointment, { camera: devices.tracks.video !== null, name });
    setReady(true);
  };
  const leave = async (): Promise<void> => {
    forgetReady(place.appointment);
    setReady(false);
    stop();
    await moves.leave();
  };

  const inRoom = ready && room.inside && !over;
  const screen = (): ReactElement => {
    if (over) return <GroupOver room={room} />;
    if (!ready) {
      return (
        <GroupDoor room={room} own={own} kinds={kinds} devices={devices} moves={moves} name={name} onName={setName} onReady={come} />
      );
    }
    if (!room.inside) return <GroupWaiting room={room} devices={devices} onLeave={leave} />;
    return <GroupView room={room} devices={devices} group={group} name={name} />;
  };
  const given = { room, kinds, devices, group, name };
  // One note through the room and the end: what is typed is not taken from the hand.
  const notes = room.role === "host" && (inRoom || over);
  const guests = room.role !== "member" && inRoom;
  return (
    <div className="hv-group" data-beside={notes || guests}>
      {screen()}
      {inRoom && !group.presence.elsewhere ? <GroupControls {...given} onLeave={leave} /> : null}
      {notes || guests ? (
        <aside className="hf-stack">
          {guests ? <Guests room={room} moves={moves} presence={group.presence} /> : null}
          {notes ? <GroupNotes place={place} room={room} /> : null}
        </aside>
      ) : null}
    </div>
  );
}
