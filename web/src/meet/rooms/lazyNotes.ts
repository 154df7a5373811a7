import { lazy } from "react";

/** The clinician's notes come when they are asked for: the person's side never fetches them. */
export const VisitNotes = lazy(() => import("./VisitNotes"));
