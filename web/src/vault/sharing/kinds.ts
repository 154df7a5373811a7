/** The kind of items that a standing share is about. */
export const SHARED_KIND = "journal";
