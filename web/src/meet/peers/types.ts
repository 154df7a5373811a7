/** Peer chats as they come from the server (docs/reference/peers.md). */
import type { Schemas } from "@/api/types";
import type { WireVersion } from "@/vault/engine/wire";

export type Peers = Schemas["PeersOut"];
export type PeerChatRow = Schemas["PeerChatRow"];
export type PeerOtherWire = Schemas["PeerOther"];
export type PeerMessageWire = Schemas["PeerMessageOut"];
export type PeerRequest = Schemas["PeerRequestOut"];
export type Listening = Schemas["ListeningOut"];
export type ListeningBody = Schemas["ListeningIn"];
export type Training = Schemas["TrainingOut"];
export type TrainingModule = Schemas["TrainingModule"];
export type ListenerRow = Schemas["ListenerRowOut"];
export type PeerReport = Schemas["PeerReportOut"];
export type HandOver = Schemas["PeerHandOverOut"];
export type PeerOpenWire = Omit<Schemas["PeerChatOut"], "ring"> & { ring: WireVersion };
