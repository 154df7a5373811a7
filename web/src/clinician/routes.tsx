/** The clinician's screens, by the names under which the router loads them. */
export { CaseloadPage } from "./Caseload";
export { FlagPage } from "./Flag";
export { PersonPage } from "./Person";
export { WorklistPage } from "./Worklist";
