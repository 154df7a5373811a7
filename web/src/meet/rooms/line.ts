/** The visit's topic: what the server tells, and what the two browsers say to each other. */
import { topics } from "@/live/socket";

import type { Visit } from "./api";
import type { Said } from "./wire";

export interface Heard {
  /** The visit moved. */
  told(visit: Visit): void;
  said(data: unknown): void;
  /** Somebody joined the topic. */
  came(): void;
  /** Something may have been missed. */
  gap(): void;
}

export interface VisitLine {
  say(said: Said): void;
  close(): void;
}

export function openLine(practice: string, topic: string, heard: Heard): VisitLine {
  const live = topics(practice);
  const close = live.subscribe(topic, {
    told: ({ data }) => {
      const { visit } = (data ?? {}) as { visit?: Visit };
      if (visit === undefined) heard.gap();
      else heard.told(visit);
    },
    said: ({ data }) => heard.said(data),
    came: () => heard.came(),
    gap: () => heard.gap(),
  });
  return { say: (said) => void live.say(topic, said), close };
}
