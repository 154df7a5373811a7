import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useActive, useOwnRecord } from "@/api/session";
import { useToday } from "@/person/data";
import type { OutboxEntry } from "@/queue/db";

import type { Plan } from "./asking";
import { type AssessmentRow, useAssessments, useDetail, useOutbox } from "./data";
import { loadPlan } from "./plan";
import { type Detail, standing as standingOf } from "./prompts";

/** How often the screen looks whether a prompt has opened or closed. */
const LOOK_MS = 20_000;

interface Course {
  pending: boolean;
  error: unknown;
  rows: AssessmentRow[];
  /** The assessment that has not ended, with its plan and what was put so far. */
  current: AssessmentRow | null;
  detail: Detail | null;
  plan: Plan | null;
  outbox: OutboxEntry[];
  standing: ReturnType<typeof standingOf> | null;
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Everything the person's assessment screens need; all of it is there without network. */
export function useCourse(): Course {
  const own = useOwnRecord();
  const { me } = useActive();
  const now = useNow();
  const rows = useAssessments(own);
  const current = rows.data?.find((row) => row.state === "planned" || row.state === "running") ?? null;
  const detail = useDetail(own, current?.id ?? null);
  const today = useToday(own);
  const outbox = useOutbox(me.id);
  const plan = useQuery({
    queryKey: ["assessment-plan", current?.plan, current?.version],
    queryFn: () => (current === null ? null : loadPlan(current.plan, current.version)),
    staleTime: Infinity,
    enabled: current !== null,
  });
  const prompts = today.data === undefined ? [] : [...today.data.due, ...today.data.upcoming];
  const waits = [rows, today, outbox].some((each) => each.isPending);
  return {
    pending: waits || (current !== null && (detail.isPending || plan.isPending)),
    error: rows.error ?? detail.error ?? today.error ?? plan.error,
    rows: rows.data ?? [],
    current,
    detail: detail.data ?? null,
    plan: plan.data ?? null,
    outbox: outbox.data ?? [],
    standing:
      detail.data === undefined
        ? null
        : standingOf(detail.data, prompts, outbox.data ?? [], now + (today.data?.skew ?? 0)),
  };
}
