/** The administration's screens, by the names under which the router loads them. */
export { AuditPage } from "./Audit";
export { GoLivePage } from "./GoLive";
export { HoursPage } from "./Hours";
export { InstrumentsPage } from "./Instruments";
export { InvitationsPage } from "./Invitations";
export { LeavingPage } from "./Leaving";
export { LinesPage } from "./Lines";
export { OnCallPage } from "./OnCall";
export { PeoplePage } from "./People";
export { PracticePage } from "./Practice";
