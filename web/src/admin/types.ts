/** What the practice's administration answers, by the names the screens use. */
import type { Schemas } from "@/api/types";

export type PracticeView = Schemas["PracticeOut"];
export type PersonRow = Schemas["PersonOut"];
export type CaseloadToHandOver = Schemas["CaseloadToHandOver"];
/** An open flag of somebody whose caseload is handed over: when it is due, and no more. */
export type WaitingFlag = Schemas["HeldFlagOut"];
export type SupervisionRow = Schemas["SupervisionOut"];
export type InvitationRow = Schemas["InvitationOut"];
/** With the link, which is given once, at creation; the server keeps only its hash. */
export type NewInvitation = Schemas["IssuedOut"];
export type HoursView = Schemas["HoursOut"];
export type OpeningHours = Schemas["OpenHoursBody"];
export type ClosureRow = Schemas["ClosureBody"];
export type OnCallView = Schemas["OnCallOut"];
export type LinesView = Schemas["CountryList"];
export type CountryLines = Schemas["CountryOut"];
export type Requirement = Schemas["RequirementOut"];
export type Readiness = Schemas["ReadinessOut"];
export type InstrumentRow = Schemas["InstrumentRow"];
export type ClientRecord = Schemas["RecordOut"];
export type AuditRow = Schemas["AuditOut"];
export type AuditState = Schemas["StateOut"];
export type Verification = Schemas["VerificationOut"];

/** Roles that treat people, and to whom flags may come. */
export const CARERS: ReadonlySet<string> = new Set(["clinician", "prescriber", "supervisor"]);
