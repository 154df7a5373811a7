/** Links that do one thing without signing in. The token is in the fragment and goes out in bodies. */
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";

export type Shown = Schemas["LinkOut"];

const TOKEN = /^#([A-Za-z0-9_-]{20,100})$/;

/** The token of an address's fragment; "-" for none, which the server knows nothing of. */
export const tokenIn = (fragment: string): string => TOKEN.exec(fragment)?.[1] ?? "-";

export const look = (token: string): Promise<Shown> => api.post<Shown>("/links/look", { token });

export const act = (
  token: string,
  version: string,
  action: string,
  startsAt?: string,
): Promise<Shown> =>
  api.post<Shown>("/links/use", { token, version, action, starts_at: startsAt ?? null });
