/** What stands in the navigation, by role. */
import {
  IconCalendar,
  IconChartLine,
  IconFlag2,
  IconHome,
  IconLifebuoy,
  IconMail,
  IconMessageCircle,
  IconMessages,
  IconMicroscope,
  IconSettings,
  IconUserCircle,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { CARE } from "@/api/session";
import type { Role } from "@/api/types";

export interface Destination {
  to: string;
  /** Paths that also belong to this destination. */
  covers?: readonly string[];
  key: string;
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  shortcut?: string;
}

const PERSON: readonly Destination[] = [
  { to: "/today", covers: ["/check-in", "/after", "/flags-status", "/visits", "/group-room"], key: "nav.today", icon: IconHome },
  { to: "/companion", key: "nav.talk", icon: IconMessageCircle },
  { to: "/progress", key: "nav.progress", icon: IconChartLine },
  { to: "/help", key: "nav.help", icon: IconLifebuoy },
  {
    to: "/me",
    covers: ["/security", "/safety-plan", "/appointments", "/find", "/messages", "/programmes", "/peers", "/listen"],
    key: "nav.me",
    icon: IconUserCircle,
  },
];

const CASELOAD: Destination = {
  to: "/caseload",
  covers: ["/people", "/visits", "/group-room"],
  key: "nav.caseload",
  icon: IconUsers,
  shortcut: "c",
};
const AGENDA: Destination = { to: "/agenda", key: "nav.agenda", icon: IconCalendar, shortcut: "d" };
const WORKLIST: Destination = { to: "/worklist", key: "nav.worklist", icon: IconFlag2, shortcut: "f" };
const FLOWS: Destination = { to: "/flows", key: "nav.flows", icon: IconMessages, shortcut: "e" };
const INBOX: Destination = { to: "/messages", key: "nav.messages", icon: IconMail, shortcut: "m" };
const GROUPS: Destination = { to: "/groups", key: "nav.groups", icon: IconUsersGroup, shortcut: "o" };
const PRACTICE: Destination = {
  to: "/admin/go-live",
  covers: ["/admin"],
  key: "nav.practice",
  icon: IconSettings,
  shortcut: "p",
};
const RESEARCH: Destination = { to: "/research", key: "nav.research", icon: IconMicroscope };
const HELP: Destination = { to: "/help", key: "nav.help", icon: IconLifebuoy, shortcut: "h" };
const ACCOUNT: Destination = {
  to: "/security",
  covers: ["/notifications", "/calendars", "/offer"],
  key: "nav.account",
  icon: IconUserCircle,
  shortcut: "a",
};

export const ADMIN_PAGES = [
  { to: "/admin/go-live", key: "nav.admin.go-live" },
  { to: "/admin/people", key: "nav.admin.people" },
  { to: "/admin/invitations", key: "nav.admin.invitations" },
  { to: "/admin/licences", key: "nav.admin.licences" },
  { to: "/admin/peers", key: "nav.admin.peers" },
  { to: "/admin/hours", key: "nav.admin.hours" },
  { to: "/admin/appointments", key: "nav.admin.appointments" },
  { to: "/admin/billing", key: "nav.admin.billing" },
  { to: "/agenda/statistics", key: "nav.admin.attendance" },
  { to: "/admin/on-call", key: "nav.admin.on-call" },
  { to: "/admin/lines", key: "nav.admin.lines" },
  { to: "/admin/instruments", key: "nav.admin.instruments" },
  { to: "/admin/companion", key: "nav.admin.companion" },
  { to: "/admin/practice", key: "nav.admin.practice" },
  { to: "/admin/leaving", key: "nav.admin.leaving" },
  { to: "/admin/audit", key: "nav.admin.audit" },
] as const;

export const isPerson = (roles: ReadonlySet<Role>): boolean => roles.has("client");

export function destinations(roles: ReadonlySet<Role>): Destination[] {
  const care = CARE.some((role) => roles.has(role));
  const staff: Destination[] = [];
  if (care) staff.push(CASELOAD, AGENDA, WORKLIST, INBOX, GROUPS, FLOWS);
  else if (roles.has("administrator")) staff.push(GROUPS);
  if (roles.has("administrator")) staff.push(PRACTICE);
  if (roles.has("researcher")) staff.push(RESEARCH);
  if (isPerson(roles)) return [...PERSON, ...staff];
  return [...staff, HELP, ACCOUNT];
}

export const isDense = (path: string): boolean =>
  ["/caseload", "/people", "/agenda", "/worklist", "/groups", "/flows", "/offer", "/admin"].some((start) =>
    path.startsWith(start),
  );

export function isCurrent(destination: Destination, path: string): boolean {
  return [destination.to, ...(destination.covers ?? [])].some(
    (start) => path === start || path.startsWith(`${start}/`),
  );
}
