/** What the practice's administration answers. Instants are ISO 8601 UTC strings, dates YYYY-MM-DD. */
import type { EmergencyNumber, Line, Role } from "@/api/types";

export interface PracticeView {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: "live" | "demo";
  readonly status: "preparing" | "live";
  readonly time_zone: string;
  readonly countries: string[];
  readonly self_registration: boolean;
  readonly contact_phone: string;
}

export interface PersonRow {
  readonly id: string;
  readonly display_name: string;
  readonly role: Role;
  readonly active: boolean;
  readonly second_factor: boolean;
  readonly joined_at: string;
}

export interface InvitationRow {
  readonly id: string;
  readonly role: Role;
  readonly email: string | null;
  readonly expires_at: string;
  readonly created_at: string;
  readonly accepted_at: string | null;
  readonly revoked_at: string | null;
}

export interface NewInvitation extends InvitationRow {
  /** Given once, at creation; the server keeps only its hash. */
  readonly link: string;
}

export interface OpeningHours {
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

export interface ClosureRow {
  readonly on: string;
  readonly reason: string;
}

export interface HoursView {
  readonly hours: OpeningHours[];
  readonly closures: ClosureRow[];
}

export interface OnCallView {
  readonly entries: { readonly membership_id: string; readonly display_name?: string | null }[];
  readonly end_of_chain: { readonly name: string; readonly phone: string; readonly instructions: string };
}

export interface CountryLines {
  readonly country: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly confirmed: boolean;
  readonly emergency_numbers: EmergencyNumber[];
  readonly lines: Line[];
}

export interface LinesView {
  readonly items: CountryLines[];
  readonly valid_days: number;
}

export interface Requirement {
  readonly code: string;
  readonly met: boolean;
  readonly detail: string | null;
}

export interface Readiness {
  readonly status: "preparing" | "live";
  readonly requirements: Requirement[];
}

export interface InstrumentRow {
  readonly id: string;
  readonly title: string;
  readonly topic: string;
  readonly versions: string[];
  readonly languages: { readonly tag: string; readonly status: "official" | "verified" | "draft" }[];
  readonly acceptance: "none" | "practice";
  readonly accepted_at: string | null;
  readonly active: boolean;
  readonly available: boolean;
  readonly licence?: { readonly name: string; readonly notice: string; readonly source_url: string } | null;
}

export interface ClientRecord {
  readonly id: string;
  readonly display_name: string;
  readonly external_id: string;
  readonly has_account: boolean;
  readonly joined_at: string;
}

export interface AuditRow {
  readonly seq: number;
  readonly at: string;
  readonly actor_label: string;
  readonly action: string;
  readonly resource: string;
  readonly resource_id?: string | null;
}

export interface FlagStatistics {
  readonly weeks: {
    readonly starts_on: string;
    readonly flags: number;
    readonly clinicians: number;
    readonly per_clinician: number | null;
    readonly by_level: Record<string, number>;
  }[];
  readonly clinicians: {
    readonly membership_id: string;
    readonly display_name: string;
    readonly flags: number;
    readonly per_week: number;
  }[];
}
