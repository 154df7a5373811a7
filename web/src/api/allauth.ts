/** django-allauth's headless API: log-in, registration, second factors, sessions. */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";

import { readJson, send } from "./client";
import { ApiError } from "./problems";

const BASE = "/_allauth/browser/v1";

interface Envelope<T> {
  status: number;
  data: T;
  meta?: Record<string, unknown>;
  errors?: { code: string; param?: string; message: string }[];
}

interface Flow {
  id: string;
  is_pending?: boolean;
  types?: string[];
  provider?: { id: string; name: string };
}

export type LoginOutcome =
  | { kind: "signed-in" }
  | { kind: "second-factor"; types: string[] }
  | { kind: "verify-email" };

/** Where somebody stands who comes back from an identity provider. */
export type Standing =
  | { kind: "signed-in" }
  | { kind: "second-factor"; types: string[] }
  | { kind: "joining"; provider: { id: string; name: string } }
  | { kind: "nobody" };

export interface Authenticator {
  type: "totp" | "webauthn" | "recovery_codes";
  id?: number;
  name?: string;
  created_at: number;
  last_used_at: number | null;
  unused_code_count?: number;
}

export interface SessionView {
  id: number;
  created_at: number;
  last_seen_at?: number;
  ip: string;
  user_agent: string;
  is_current: boolean;
}

/** allauth's own codes in the words of our error list. */
const CODES: Record<string, string> = {
  username_password_mismatch: "wrong-secret",
  email_password_mismatch: "wrong-secret",
  enter_current_password: "wrong-secret",
  username_taken: "name-taken",
  email_taken: "name-taken",
  too_many_login_attempts: "rate-limited",
  incorrect_code: "wrong-code",
};

async function request<T>(method: string, path: string, body?: unknown): Promise<Envelope<T>> {
  const response = await send(BASE + path, method, body === undefined ? {} : { body });
  const envelope = (await readJson(response)) as Envelope<T> | null;
  return { ...(envelope ?? { data: null as T }), status: response.status };
}

function failure(envelope: Envelope<unknown>): ApiError {
  if (envelope.status === 429) return new ApiError(429, "rate-limited", "");
  const errors = envelope.errors ?? [];
  const flows = (envelope.data as { flows?: Flow[] } | null)?.flows ?? [];
  // Of somebody who is signed in, 401 asks to show once more that it is them.
  const signedIn = envelope.status === 401 && envelope.meta?.["is_authenticated"] === true;
  const again =
    signedIn || flows.some((flow) => ["reauthenticate", "mfa_reauthenticate"].includes(flow.id));
  const raw = errors[0]?.code ?? (again ? "reauthenticate" : `http-${envelope.status}`);
  return new ApiError(
    envelope.status,
    CODES[raw] ?? raw,
    errors[0]?.message ?? "",
    errors.map(({ code, param, message }) => ({
      field: param ?? "",
      code: CODES[code] ?? code,
      detail: message,
    })),
  );
}

async function need<T>(method: string, path: string, body?: unknown): Promise<T> {
  const envelope = await request<T>(method, path, body);
  if (envelope.status >= 400) throw failure(envelope);
  return envelope.data;
}

function outcome(envelope: Envelope<{ flows?: Flow[] }>): LoginOutcome {
  if (envelope.status < 300) return { kind: "signed-in" };
  const pending = (envelope.data?.flows ?? []).find((flow) => flow.is_pending === true);
  if (pending?.id === "mfa_authenticate") {
    return { kind: "second-factor", types: pending.types ?? ["totp"] };
  }
  if (pending?.id === "verify_email") return { kind: "verify-email" };
  throw failure(envelope);
}

/** What whoever joins says of themself. */
export interface Details {
  username: string;
  email?: string;
  adult: true;
  practice_id?: string;
  invitation_token?: string;
  chosen_name: string;
  time_zone: string;
  language: string;
  country: string;
  phone?: string;
}

export interface SignUp extends Details {
  password: string;
  kdf_salt: string;
  kdf_params: unknown;
  recovery_secret: string;
}

export const allauth = {
  /** Sets the CSRF cookie and says whether a session stands. */
  session: async (): Promise<boolean> => (await request("GET", "/auth/session")).status === 200,

  standing: async (): Promise<Standing> => {
    const envelope = await request<{ flows?: Flow[] } | null>("GET", "/auth/session");
    if (envelope.status === 200) return { kind: "signed-in" };
    const pending = (envelope.data?.flows ?? []).filter((flow) => flow.is_pending === true);
    for (const { id, types, provider } of pending) {
      if (id === "mfa_authenticate") return { kind: "second-factor", types: types ?? ["totp"] };
      if (id === "provider_signup" && provider !== undefined) return { kind: "joining", provider };
    }
    return { kind: "nobody" };
  },

  login: async (login: string, secret: string): Promise<LoginOutcome> =>
    outcome(
      await request("POST", "/auth/login", {
        [login.includes("@") ? "email" : "username"]: login,
        password: secret,
      }),
    ),

  secondFactor: async (code: string): Promise<LoginOutcome> =>
    outcome(await request("POST", "/auth/2fa/authenticate", { code })),

  signUp: async (body: SignUp): Promise<LoginOutcome> =>
    outcome(await request("POST", "/auth/signup", body)),

  /** Of somebody who comes from an identity provider: without a password. */
  signUpFromProvider: async (body: Details): Promise<LoginOutcome> =>
    outcome(await request("POST", "/auth/provider/signup", body)),

  verifyEmail: async (key: string): Promise<void> => {
    const envelope = await request("POST", "/auth/email/verify", { key });
    // 401 here means "verified, and nobody is signed in": that is success.
    if (envelope.status >= 400 && envelope.status !== 401) throw failure(envelope);
  },

  resendEmail: async (email: string): Promise<void> => {
    await need("PUT", "/account/email", { email });
  },

  signOut: async (): Promise<void> => {
    // 401 is allauth's word for "now nobody is signed in".
    await request("DELETE", "/auth/session");
  },

  reauthenticate: async (secret: string): Promise<void> => {
    await need("POST", "/auth/reauthenticate", { password: secret });
  },

  reauthenticateByCode: async (code: string): Promise<void> => {
    await need("POST", "/auth/2fa/reauthenticate", { code });
  },

  passkey: {
    loginOptions: async (): Promise<PublicKeyCredentialRequestOptionsJSON> =>
      (
        await need<{ request_options: { publicKey: PublicKeyCredentialRequestOptionsJSON } }>(
          "GET",
          "/auth/webauthn/login",
        )
      ).request_options.publicKey,
    login: async (credential: AuthenticationResponseJSON): Promise<LoginOutcome> =>
      outcome(await request("POST", "/auth/webauthn/login", { credential })),
    secondOptions: async (): Promise<PublicKeyCredentialRequestOptionsJSON> =>
      (
        await need<{ request_options: { publicKey: PublicKeyCredentialRequestOptionsJSON } }>(
          "GET",
          "/auth/webauthn/authenticate",
        )
      ).request_options.publicKey,
    second: async (credential: AuthenticationResponseJSON): Promise<LoginOutcome> =>
      outcome(await request("POST", "/auth/webauthn/authenticate", { credential })),
    creationOptions: async (
      passwordless: boolean,
    ): Promise<PublicKeyCredentialCreationOptionsJSON> =>
      (
        await need<{ creation_options: { publicKey: PublicKeyCredentialCreationOptionsJSON } }>(
          "GET",
          `/account/authenticators/webauthn${passwordless ? "?passwordless" : ""}`,
        )
      ).creation_options.publicKey,
    add: (name: string, credential: RegistrationResponseJSON): Promise<unknown> =>
      need("POST", "/account/authenticators/webauthn", { name, credential }),
    remove: (id: number): Promise<unknown> =>
      need("DELETE", "/account/authenticators/webauthn", { authenticators: [id] }),
  },

  totp: {
    /** The secret to scan, or `null` when an authenticator app is set up already. */
    begin: async (): Promise<{ secret: string; totp_url: string } | null> => {
      const envelope = await request<unknown>("GET", "/account/authenticators/totp");
      if (envelope.status === 200) return null;
      if (envelope.status !== 404) throw failure(envelope);
      return envelope.meta as { secret: string; totp_url: string };
    },
    activate: (code: string): Promise<unknown> =>
      need("POST", "/account/authenticators/totp", { code }),
    remove: (): Promise<unknown> => need("DELETE", "/account/authenticators/totp"),
  },

  authenticators: (): Promise<Authenticator[]> => need("GET", "/account/authenticators"),

  /** The spare codes not used yet; none when none were ever made (allauth's 404). */
  secondFactorCodes: async (): Promise<string[]> => {
    const envelope = await request<{ unused_codes?: string[] } | null>(
      "GET",
      "/account/authenticators/recovery-codes",
    );
    if (envelope.status === 404) return [];
    if (envelope.status >= 400) throw failure(envelope);
    return envelope.data?.unused_codes ?? [];
  },

  renewSecondFactorCodes: async (): Promise<string[]> =>
    (await need<{ unused_codes?: string[] }>("POST", "/account/authenticators/recovery-codes"))
      .unused_codes ?? [],

  sessions: (): Promise<SessionView[]> => need("GET", "/auth/sessions"),

  endSessions: (ids: number[]): Promise<unknown> =>
    need("DELETE", "/auth/sessions", { sessions: ids }),
};
