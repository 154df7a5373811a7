/** Shapes of the API, by the names the screens use: all of them come from the server's description. */
import type { components } from "@/generated/schema";

/** What the server's OpenAPI document calls a shape; `make setup` writes it. */
export type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Me = Schemas["MeOut"];
export type MembershipView = Schemas["MembershipOut"];
export type PracticeBrief = Schemas["PracticeBrief"];
export type Config = Schemas["ConfigOut"];
export type KdfParams = Schemas["Params"];
export type InvitationView = Schemas["InvitationSeen"];
export type DemoAccount = Schemas["DemoAccountOut"];

export type FlagStatus = Schemas["FlagStatus"];
export type FlagLevel = FlagStatus["level"];
export type FlagState = FlagStatus["state"];

export type TodayView = Schemas["TodayOut"];
/** One questionnaire to answer, now or soon, with every instant. */
export type DueItem = Schemas["PromptView"];
export type Monitored = Schemas["Monitored"];
export type EncounterView = Schemas["EncounterView"];

export type AlertView = Schemas["AlertOut"];
export type ResponseBody = Schemas["ResponseIn"];
export type ResponseReceipt = Schemas["ReceiptOut"];
export type ResponseView = Schemas["ResponseRow"];

export type ProgressView = Schemas["ProgressOut"];
export type ProgressSeries = Schemas["Series"];
export type ProgressPoint = Schemas["Point"];
/** The newest score against the first. */
export type ProgressChange = Schemas["Change"];
export type LifeEventView = Schemas["EventView"];
export type MedicationView = Schemas["MedicationView"];

export type ClientView = Schemas["ClientOut"];
export type ConsentView = Schemas["ConsentOut"];
export type ConsentText = Schemas["TextOut"];
export type ConsentShown = Schemas["ShownOut"];
export type AccessEntry = Schemas["AccessOut"];
export type NotificationView = Schemas["NotificationOut"];

export type HelpView = Schemas["HelpOut"];
export type Line = Schemas["LineOut"];
export type EmergencyNumber = Schemas["EmergencyNumberOut"];

export const PLAN_STEPS = [
  "warning_signs",
  "coping",
  "places",
  "people",
  "professionals",
  "safer",
] as const;

export type PlanStep = (typeof PLAN_STEPS)[number];

export interface Items<T> {
  items: T[];
  next: string | null;
}

/** A list comes bare or in `{items}`: older and newer lists of the API differ. */
export function itemsOf<T>(list: T[] | Items<T>): T[] {
  return Array.isArray(list) ? list : list.items;
}
