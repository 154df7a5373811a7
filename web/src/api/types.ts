/** Shapes of the API's answers, as docs/reference describes them. Instants are ISO 8601 UTC strings. */

export type Role =
  | "client"
  | "clinician"
  | "prescriber"
  | "supervisor"
  | "administrator"
  | "researcher";

export interface PracticeBrief {
  id: string;
  name: string;
  slug: string;
  kind: "live" | "demo";
  status: "preparing" | "live";
  time_zone: string;
  country: string;
}

export interface MembershipView {
  id: string;
  role: Role;
  display_name: string;
  practice: PracticeBrief;
  client_id: string | null;
}

export interface Me {
  id: string;
  login: string;
  email: string | null;
  language: string;
  time_zone: string;
  discreet: boolean;
  second_factor: boolean;
  session_second_factor: boolean;
  memberships: MembershipView[];
}

export interface Config {
  version: string;
  demo: boolean;
  languages: string[];
  practices: {
    id: string;
    name: string;
    slug: string;
    country: string;
    self_registration: boolean;
    status: "preparing" | "live";
  }[];
}

export interface KdfParams {
  algorithm: "argon2id";
  memory_kib: number;
  passes: number;
  parallelism: number;
}

export interface InvitationView {
  practice: { id: string; name: string };
  role: Role;
  email: string | null;
  expires_at: string;
}

export interface DemoAccount {
  role: Role;
  login: string;
  password: string;
  totp_code: string | null;
  display_name: string;
}

export type FlagLevel = "none" | "watch" | "concern" | "urgent" | "emergency";
export type FlagState = "open" | "acknowledged" | "acted" | "closed";

export interface FlagStatus {
  id: string;
  level: FlagLevel;
  state: FlagState;
  reason: string;
  raised_at: string;
  answered_at: string;
  due_at: string | null;
  due_kind: "same_day" | "next_opening" | null;
  seen_by: string | null;
  seen_at: string | null;
  owner_name: string | null;
  alarm: boolean;
  reachable: boolean;
  historical: boolean;
  outcome: string | null;
  closed_at: string | null;
  repeats: number;
  history: { at: string; kind: string; by: string | null }[];
}

export interface DueItem {
  assignment_id: string;
  instrument: string;
  version: string;
  title: string;
  due_on: string;
  items: number;
}

export interface EncounterView {
  id: string;
  starts_at: string;
  ended_at: string | null;
  status: "planned" | "finished" | "cancelled";
  medium: string | null;
  with?: string | null;
}

export interface Monitored {
  now: boolean;
  opens_at: string | null;
  closes_at: string | null;
}

export interface TodayView {
  due: DueItem[];
  open_flags: FlagStatus[];
  next_encounter: EncounterView | null;
  monitored: Monitored;
}

export interface AlertView {
  code: string;
  level: FlagLevel;
  item: string | null;
  scale: string | null;
  reason: string;
  follow_up: string | null;
}

export interface ResponseBody {
  id: string;
  instrument: string;
  version: string;
  language: string;
  answers: Record<string, number | string | null>;
  answered_at: string;
  started_at?: string;
  time_zone: string;
  parent?: string;
  schema: 1;
}

export interface ResponseReceipt {
  id: string;
  scores: Record<string, number | null>;
  band: string | null;
  missing: string[];
  alerts: AlertView[];
  answered_at: string;
  received_at: string;
  flag: FlagStatus | null;
}

export interface ResponseView {
  id: string;
  instrument: string;
  version: string;
  language: string;
  answered_at: string;
  received_at: string;
  scores: Record<string, number | null>;
  band: string | null;
  historical?: boolean;
}

export interface ProgressPoint {
  response_id: string;
  at: string;
  value: number;
  band: string | null;
  historical: boolean;
}

/** The newest score against the first. */
export interface ProgressChange {
  first: number;
  now: number;
  points: number;
  index: number | null;
  reliable_points: number | null;
  verdict: "improved" | "unchanged" | "deteriorated" | "insufficient";
  basis: string;
}

export interface ProgressSeries {
  instrument: string;
  version: string;
  scale: string;
  main: boolean;
  title: string;
  direction: "lower" | "higher" | "none";
  range: [number, number];
  bands: { id: string; min: number; max: number }[];
  points: ProgressPoint[];
  change: ProgressChange | null;
  changepoint: {
    at: string;
    first_after: string;
    level_before: number;
    level_after: number;
    earliest: string;
    latest: string;
  } | null;
  trend: { per_week: number; low: number; high: number; n: number } | null;
}

export interface LifeEventView {
  id: string;
  kind: "life" | "medication" | "treatment" | "meeting";
  label: string;
  at: string;
  end: string | null;
  dose: number | null;
  unit: string | null;
  medication_id: string | null;
}

export interface ProgressView {
  series: ProgressSeries[];
  events: LifeEventView[];
}

export interface MedicationView {
  id: string;
  name: string;
  dose: number | null;
  unit: string | null;
  frequency: string | null;
  started_on: string | null;
  ended_on: string | null;
}

export interface ClientView {
  id: string;
  display_name: string;
  phone: string | null;
  email: string | null;
  emergency_contact: { name: string; phone: string; relationship: string } | null;
  country: string;
  language: string;
  time_zone: string;
  sex: string | null;
  current_location: string | null;
  current_location_at?: string | null;
  reachable: boolean;
}

export const PLAN_STEPS = [
  "warning_signs",
  "coping",
  "places",
  "people",
  "professionals",
  "safer",
] as const;

export type PlanStep = (typeof PLAN_STEPS)[number];

export interface SafetyPlanView {
  steps: Record<PlanStep, string[]>;
  shared: boolean;
  version: number;
  updated_at: string | null;
  readers: string[];
}

export interface ConsentView {
  id: string;
  purpose: "care_team" | "research" | "crisis_contact" | "model_endpoint";
  version: string;
  given_at: string;
  withdrawn_at: string | null;
}

export interface AccessEntry {
  at: string;
  actor_label: string;
  actor_name: string | null;
  action: string;
  resource: string;
}

export interface NotificationView {
  id: string;
  kind: string;
  subject_id: string | null;
  created_at: string;
  read_at: string | null;
}

export interface Line {
  id: string;
  name: string;
  phone: string | null;
  sms: string | null;
  /** What to write in the first message, where the line asks for a word. */
  sms_text: string | null;
  chat_url: string | null;
  hours: string | null;
  languages: string[];
  source_url: string | null;
  verified_on: string | null;
  confirmed_on: string | null;
  stale: boolean;
}

export interface EmergencyNumber {
  number: string;
  kind: string;
}

export interface HelpView {
  country: string;
  emergency_numbers: EmergencyNumber[];
  lines: Line[];
  countries: string[];
}

export interface Items<T> {
  items: T[];
  next: string | null;
}

/** A list comes bare or in `{items}`: older and newer lists of the API differ. */
export function itemsOf<T>(list: T[] | Items<T>): T[] {
  return Array.isArray(list) ? list : list.items;
}
