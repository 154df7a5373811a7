/** Signing in at an identity provider: the way there, and what is kept for the way back. */
import { api } from "@/api/client";

/** What this tab goes on with once it is back; it never leaves the device. */
export interface Journey {
  next: string;
  /** The invitation that was being taken up. */
  token?: string;
}

interface Begin {
  provider: string;
  process?: "login" | "connect";
  /** The provider is to ask who is there even if it knows. */
  again?: boolean;
  current_auth_secret?: string;
}

const KEY = "holdfast.sign-in";

/** Leaves for the provider; the page ends here. */
export async function goToProvider(begin: Begin, journey: Journey): Promise<void> {
  const { url } = await api.post<{ url: string }>("/auth/provider", begin);
  window.sessionStorage.setItem(KEY, JSON.stringify(journey));
  window.location.assign(url);
}

/** Where this tab was when it left. It stays until `journeyDone`, for whoever loads the page again. */
export function journey(): Journey {
  const kept: unknown = JSON.parse(window.sessionStorage.getItem(KEY) ?? "null");
  if (typeof kept !== "object" || kept === null) return { next: "/" };
  const { next, token } = kept as Partial<Journey>;
  return {
    next: typeof next === "string" ? next : "/",
    ...(typeof token === "string" ? { token } : {}),
  };
}

export const journeyDone = (): void => window.sessionStorage.removeItem(KEY);
