import { lazy } from "react";

/** What draws a worksheet comes when one is opened. */
export const WorksheetPanel = lazy(() => import("./Panel"));
export const StillHere = lazy(async () => ({ default: (await import("./Panel")).StillHere }));
