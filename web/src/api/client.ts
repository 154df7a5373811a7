/** The one place that talks to the server: cookies, CSRF, and problems as typed errors. */
import { reportReach } from "@/queue/online";

import { ApiError, type FieldProblem, OfflineError } from "./problems";

export { ApiError, errorKey, OfflineError } from "./problems";

export type QueryValues = Record<string, string | number | boolean | null | undefined>;

interface CallOptions {
  query?: QueryValues;
  body?: unknown;
  signal?: AbortSignal;
  /** Leave the page while the answer is still on its way (sign-out on quick exit). */
  keepalive?: boolean;
}

export const API_BASE = "/api/v1";

function csrfToken(): string {
  const found = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return found?.[1] === undefined ? "" : decodeURIComponent(found[1]);
}

export function withQuery(path: string, query: QueryValues | undefined): string {
  if (query === undefined) return path;
  const pairs = Object.entries(query).filter(
    (pair): pair is [string, string | number | boolean] =>
      pair[1] !== null && pair[1] !== undefined && pair[1] !== "",
  );
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}

/** Sends one request. Throws OfflineError when no answer came; any answer is returned. */
export async function send(url: string, method: string, options: CallOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.signal !== undefined) init.signal = options.signal;
  if (options.keepalive !== undefined) init.keepalive = options.keepalive;
  let response: Response;
  try {
    response = await fetch(withQuery(url, options.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reportReach(false);
    throw new OfflineError();
  }
  // A gateway that answers for a server which is away is, for a person, no network.
  if ([502, 503, 504].includes(response.status)) {
    reportReach(false);
    throw new OfflineError();
  }
  reportReach(true);
  return response;
}

export async function readJson(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

interface ProblemBody {
  code?: string;
  detail?: unknown;
  errors?: FieldProblem[];
}

async function call<T>(method: string, path: string, options: CallOptions): Promise<T> {
  const response = await send(API_BASE + path, method, options);
  const body = await readJson(response);
  if (response.ok) return body as T;
  const problem = (body ?? {}) as ProblemBody;
  throw new ApiError(
    response.status,
    problem.code ?? `http-${response.status}`,
    typeof problem.detail === "string" ? problem.detail : "",
    problem.errors ?? [],
    body,
  );
}

export const api = {
  get: <T>(path: string, options: CallOptions = {}): Promise<T> => call<T>("GET", path, options),
  post: <T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> =>
    call<T>("POST", path, { ...options, body }),
  put: <T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> =>
    call<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body?: unknown): Promise<T> => call<T>("PATCH", path, { body }),
  delete: <T>(path: string, body?: unknown): Promise<T> =>
    call<T>("DELETE", path, body === undefined ? {} : { body }),
};

export const practicePath = (practiceId: string, rest = ""): string =>
  `/practices/${practiceId}${rest}`;

export const clientPath = (practiceId: string, clientId: string, rest = ""): string =>
  `/practices/${practiceId}/clients/${clientId}${rest}`;
