/** What the clinician's endpoints answer, by the names the screens use. */
import type { Schemas } from "@/api/types";

export type { EncounterView } from "@/api/types";

export type Verdict = Schemas["ScoreChange"]["verdict"];
export type Change = Exclude<Verdict, "insufficient">;

export type CaseloadPage = Schemas["CaseloadOut"];
export type CaseloadRow = Schemas["Row"];
export type Headline = Schemas["Headline"];

export type Overview = Schemas["OverviewOut"];
export type ScoreChange = Schemas["ScoreChange"];
export type MissedDelivery = Schemas["MissedDelivery"];
export type Series = Schemas["Series"];

export type FlagRow = Schemas["WorklistRowOut"];
export type FlagFull = Schemas["FlagPage"];
/** What a worklist row and a flag's page have in common. */
export type FlagCore = Pick<FlagFull, keyof FlagFull & keyof FlagRow>;
export type FlagContact = Schemas["ContactOut"];
export type Evidence = Schemas["EvidenceOut"];
/** One step in a flag's history: who did it, and to whom the flag came. */
export type FlagStepView = Schemas["StepOut"];
/** One attempt to tell a colleague of a flag. */
export type FlagDelivery = Schemas["DeliveryOut"];
export type EndOfChain = Schemas["EndOfChain"];

export type Statistics = Schemas["StatisticsOut"];
export type AssignmentView = Schemas["AssignmentOut"];
export type CareTeamView = Schemas["CareTeamOut"];
export type StaffMember = Schemas["PersonOut"];
export type InstrumentRow = Schemas["InstrumentRow"];
export type ResponseDetail = Schemas["ResponseDetail"];

/** The part of an instrument pack that shows answers in words; the pack format is not the API's. */
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
