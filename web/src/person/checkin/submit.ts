/** From a finished draft to the outbox. */
import type { ResponseBody } from "@/api/types";
import { deviceTimeZone } from "@/format";
import { type Draft, ENTRY_SCHEMA } from "@/queue/db";
import { deliverNow, enqueue } from "@/queue/outbox";

import { dropDraft } from "./drafts";

interface Submission {
  draft: Draft;
  practiceId: string;
  clientId: string;
  parent?: string;
  /** The prompt that these answers answer, where the screen knows it. */
  promptId?: string;
}

/** When it resolves the answers are safe on this device, and the first attempt to send is under way. */
export async function submit(submission: Submission): Promise<void> {
  const { draft, practiceId, clientId, parent, promptId } = submission;
  const body: ResponseBody = {
    id: draft.responseId,
    instrument: draft.instrument,
    version: draft.version,
    language: draft.language,
    answers: draft.answers,
    started_at: draft.startedAt,
    answered_at: new Date().toISOString(),
    time_zone: deviceTimeZone(),
    ...(parent === undefined ? {} : { parent }),
    ...(promptId === undefined ? {} : { prompt_id: promptId }),
    schema: ENTRY_SCHEMA,
  };
  await enqueue({ ownerId: draft.ownerId, practiceId, clientId, body });
  await dropDraft(draft.id);
  deliverNow();
}
