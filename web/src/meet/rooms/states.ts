/** The states of a visit, by what they mean here; the server's `engine` says how they follow. */
export const OPEN: ReadonlySet<string> = new Set(["admitted", "in_session"]);
export const GOING_ON: ReadonlySet<string> = new Set(["waiting", "admitted", "in_session"]);
export const OVER: ReadonlySet<string> = new Set(["finished", "no_show", "cancelled"]);
/** Media that have a room. */
export const WITH_ROOM: ReadonlySet<string> = new Set(["video", "phone", "text"]);
