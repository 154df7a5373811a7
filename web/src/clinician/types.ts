/** What the clinician's endpoints answer. Instants are ISO 8601 UTC strings. */
import type {
  ClientView,
  EncounterView as BaseEncounter,
  FlagLevel,
  FlagState,
  FlagStatus,
  LifeEventView,
  MedicationView,
  ProgressSeries,
} from "@/api/types";

export interface EncounterView extends BaseEncounter {
  readonly with_name?: string | null;
}

export type Change = "improved" | "deteriorated" | "unchanged";
export type Verdict = Change | "insufficient";

export interface Headline {
  readonly instrument: string;
  readonly title: string;
  readonly value: number;
  readonly band: string | null;
  readonly previous: number | null;
  readonly change: Change | null;
  /** Oldest first, the value shown last. */
  readonly recent: readonly number[];
  readonly range: [number, number];
}

export interface CaseloadRow {
  readonly client_id: string;
  readonly display_name: string;
  readonly open_flags: number;
  readonly highest_level: FlagLevel | null;
  readonly flag_due_at: string | null;
  readonly last_encounter_at: string | null;
  readonly next_encounter_at: string | null;
  readonly last_response_at: string | null;
  readonly adherence: { readonly due: number; readonly done: number };
  readonly headline: Headline | null;
  readonly missed_deliveries: number;
  readonly reachable: boolean;
}

export interface CaseloadPage {
  readonly items: CaseloadRow[];
  readonly next: string | null;
  readonly total: number;
}

export interface ScoreChange {
  readonly instrument: string;
  readonly scale: string;
  readonly title: string;
  readonly now: number | null;
  readonly then: number | null;
  readonly now_at: string | null;
  readonly then_at: string | null;
  readonly now_band: string | null;
  readonly then_band: string | null;
  readonly rci: number | null;
  /** Smallest change beyond measurement error, in points of the scale. */
  readonly reliable_points: number | null;
  readonly verdict: Verdict;
  readonly explanation_code: string;
  /** Citation of the figures that the verdict rests on. */
  readonly source: string | null;
}

export interface MissedDelivery {
  readonly at: string;
  readonly channel: string;
  readonly kind?: string | null;
  readonly reason: string | null;
}

export type Series = ProgressSeries;

export interface Overview {
  readonly client: Pick<
    ClientView,
    "id" | "display_name" | "country" | "language" | "time_zone" | "sex" | "reachable"
  > & { readonly synthetic: boolean; readonly has_account: boolean };
  readonly since: string | null;
  readonly scores: ScoreChange[];
  readonly flags: (FlagStatus & { readonly historical?: boolean; readonly reason?: string | null })[];
  readonly adherence: { readonly due: number; readonly done: number };
  readonly missed_deliveries: MissedDelivery[];
  readonly events: (LifeEventView & { readonly medication_id?: string | null })[];
  readonly series: Series[];
  readonly medications: MedicationView[];
  readonly encounters: EncounterView[];
}

/** What a worklist row and a flag's page have in common. */
export interface FlagCore {
  readonly id: string;
  readonly level: FlagLevel;
  readonly reason: string;
  readonly state: FlagState;
  readonly raised_at: string;
  readonly answered_at: string;
  readonly due_at: string | null;
  readonly due_kind: "same_day" | "next_opening" | null;
  readonly owner_id: string | null;
  readonly owner_name: string | null;
  readonly seen_by: string | null;
  readonly seen_at: string | null;
  readonly alarm: boolean;
  readonly historical: boolean;
  readonly repeats: number;
  readonly reachable: boolean;
  readonly outcome: string | null;
}

export interface FlagRow extends FlagCore {
  readonly client_id: string;
  readonly display_name: string;
}

export interface Evidence {
  readonly code: string;
  readonly level: FlagLevel;
  readonly reason: string;
  readonly response_id: string | null;
  readonly item: string | null;
  readonly scale: string | null;
  readonly answered_at: string;
  readonly received_at: string;
  readonly follow_up: string | null;
  readonly follow_up_awaited_until: string | null;
}

/** One step in a flag's history: who did it, and to whom the flag came. */
export interface FlagStepView {
  readonly at: string;
  readonly kind: string;
  readonly by: string | null;
  readonly to: string | null;
  readonly detail: Record<string, unknown>;
}

export type FlagContact = Pick<
  ClientView,
  | "id"
  | "display_name"
  | "phone"
  | "email"
  | "emergency_contact"
  | "current_location"
  | "country"
  | "language"
  | "time_zone"
  | "reachable"
> & { readonly current_location_at?: string | null };

export interface FlagFull extends FlagCore {
  readonly closed_at: string | null;
  readonly client: FlagContact;
  readonly chain_position: number;
  readonly evidence: Evidence[];
  readonly attempts: {
    readonly at: string;
    readonly by: string | null;
    readonly means: string;
    readonly outcome: string;
  }[];
  readonly steps: FlagStepView[];
  readonly end_of_chain: EndOfChain;
}

export interface EndOfChain {
  readonly name: string;
  readonly phone: string;
  readonly instructions: string;
}

export interface AssignmentView {
  readonly id: string;
  readonly instrument: string;
  readonly title?: string | null;
  readonly every_days: number | null;
  readonly starts_on: string;
  readonly ends_on: string | null;
}

export interface CareTeamView {
  readonly id: string;
  readonly membership_id: string;
  readonly display_name: string;
  readonly role: string;
  readonly purpose: string;
  readonly starts_on: string;
  readonly ends_on: string | null;
  readonly primary: boolean;
}

export interface StaffMember {
  readonly id: string;
  readonly display_name: string;
  readonly role: string;
  readonly active: boolean;
}

export interface InstrumentRow {
  readonly id: string;
  readonly title: string;
  readonly topic: string;
  readonly active: boolean;
  readonly available: boolean;
}

export interface ResponseDetail {
  readonly id: string;
  readonly instrument: string;
  readonly version: string;
  readonly language: string;
  readonly answers: Record<string, number | string | null>;
  readonly answered_at: string;
  readonly received_at: string;
  readonly scores: Record<string, number | null>;
  readonly band: string | null;
  readonly historical?: boolean;
}

/** The part of an instrument pack that shows answers in words. */
export interface PackTexts {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly option_sets: Record<string, (number | string)[] | { min: number; max: number }>;
  readonly items: { readonly id: string; readonly options: string }[];
  readonly texts: Record<
    string,
    {
      readonly status: string;
      readonly stem?: string | null;
      readonly items: Record<string, string>;
      readonly options: Record<string, string[]>;
    }
  >;
}
