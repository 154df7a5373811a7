/** Sections of "Me", in their order; the names are also their addresses. */
export const SECTIONS = [
  "details",
  "journal",
  "sharing",
  "notes",
  "medication",
  "events",
  "consents",
  "invoices",
  "access",
  "data",
  "notifications",
  "calendar",
  "app",
] as const;

export type Section = (typeof SECTIONS)[number];

export const isSection = (name: string): name is Section =>
  (SECTIONS as readonly string[]).includes(name);
