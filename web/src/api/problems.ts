export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

/** An answer of the server that says no; `code` is stable and is what the words are chosen by. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly data: unknown = null,
  ) {
    super(`${status} ${code}`);
  }
}

/** No answer at all: no network, or the server is away. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";

  constructor() {
    super("no answer from the server");
  }
}

/** Codes that have their own sentence in `common:errors`. */
export const KNOWN_CODES = [
  "not-signed-in",
  "not-permitted",
  "consent-withdrawn",
  "consent-text-changed",
  "second-factor-required",
  "not-found",
  "not-ready",
  "not-chargeable",
  "charged-already",
  "charge-taken",
  "document-cancelled",
  "no-letterhead",
  "report-refused",
  "no-open-flag",
  "model-incomplete",
  "response-conflict",
  "invalid",
  "rate-limited",
  "wrong-secret",
  "wrong-passphrase",
  "sign-in-again",
  "provider-away",
  "last-way-in",
  "link-unknown",
  "link-expired",
  "link-changed",
  "sms-unavailable",
  "sms-not-sent",
  "sms-code-wrong",
  "calendar-unreachable",
  "too-many-calendars",
  "wrong-code",
  "wrong-recovery-code",
  "vault-wrap-needed",
  "vault-exists",
  "vault-missing",
  "vault-refused",
  "vault-previous-unknown",
  "vault-reader-unknown",
  "vault-epoch-taken",
  "vault-epoch-ended",
  "thread-epoch-stale",
  "thread-message-out-of-place",
  "thread-message-exists",
  "thread-exists",
  "thread-members-refused",
  "vault-full",
  "vault-file-exists",
  "vault-file-gone",
  "vault-piece-out-of-place",
  "vault-passkey-unknown",
  "vault-keys-changed",
  "prf-refused",
  "cost-not-raised",
  "name-taken",
  "invitation-invalid",
  "already-member",
  "registration-closed",
  "adult-required",
  "appointment-changed",
  "appointment-id-taken",
  "appointment-over",
  "availability-changed",
  "group-full",
  "not-licensed",
  "offer-over",
  "slot-not-offered",
  "slot-taken",
  "assessment-over",
  "assessment-running",
  "conflict",
  "note-changed",
  "note-empty",
  "not-the-author",
  "not-their-supervisor",
  "csrf-failed",
  "database-unavailable",
  "instrument-terms-not-accepted",
  "instrument-without-terms",
  "nobody-to-tell",
  "only-as-follow-up",
  "prompt-not-open",
  "recovery-refused",
  "body-too-large",
  "storage-full",
  "unsupported-schema",
] as const;

type Known = (typeof KNOWN_CODES)[number];

const isKnown = (code: string): code is Known => (KNOWN_CODES as readonly string[]).includes(code);

/** The key in namespace `common` of the sentence that tells a person what went wrong. */
export function errorKey(error: unknown): `errors.${Known | "offline" | "server" | "unknown"}` {
  if (error instanceof OfflineError) return "errors.offline";
  if (!(error instanceof ApiError)) return "errors.unknown";
  if (isKnown(error.code)) return `errors.${error.code}`;
  if (error.status === 429) return "errors.rate-limited";
  if (error.status === 404) return "errors.not-found";
  if (error.status >= 500) return "errors.server";
  if (error.status === 422 || error.status === 400) return "errors.invalid";
  return "errors.unknown";
}
