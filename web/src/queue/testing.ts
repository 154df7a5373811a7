/** What the queue's tests send. */
import type { ResponseBody } from "@/api/types";

/** An answer to PHQ-2 under this identifier. */
export const body = (id: string): ResponseBody => ({
  id,
  instrument: "phq-2",
  version: "1.0.0",
  language: "en",
  answers: { phq2_1: 1 },
  answered_at: "2026-11-23T10:00:00Z",
  time_zone: "Europe/Berlin",
  schema: 1,
});
