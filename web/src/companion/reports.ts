/** Reports that live could not hand over go out from here, until the server has each of them. */
import { api } from "@/api/client";
import { ApiError, OfflineError } from "@/api/problems";
import type { FlagStatus } from "@/api/types";
import { backOff } from "@/queue/outbox";

import { dropReport, noteAttempt, reportsOf } from "./device";

/** Answers that no further attempt can change. */
const FINAL = new Set([400, 401, 403, 404, 409, 410, 413, 422]);

type Post = (blob: string) => Promise<{ flag: FlagStatus | null }>;

const post: Post = (blob) => api.post("/live/reports", { report: blob });

/** Posts what is due; gives the flags that came of it. */
export async function sendReports(
  user: string,
  { now = Date.now(), send = post }: { now?: number; send?: Post } = {},
): Promise<FlagStatus[]> {
  const flags: FlagStatus[] = [];
  for (const report of await reportsOf(user)) {
    if (report.nextAttemptAt > now) continue;
    try {
      const { flag } = await send(report.blob);
      if (flag !== null) flags.push(flag);
      await dropReport(report.id);
    } catch (error) {
      if (error instanceof ApiError && FINAL.has(error.status)) {
        await dropReport(report.id);
        continue;
      }
      if (!(error instanceof ApiError) && !(error instanceof OfflineError)) throw error;
      const attempts = report.attempts + 1;
      await noteAttempt({ ...report, attempts, nextAttemptAt: now + backOff(attempts) });
    }
  }
  return flags;
}
