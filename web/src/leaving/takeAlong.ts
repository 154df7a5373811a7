/**
 * Everything that is here about a person, as one zip file: what the server has, as a FHIR bundle, as
 * tables and as a page to read; and the private writing, opened on this device and nowhere else.
 */
import { strToU8, unzipSync, zipSync } from "fflate";

import { API_BASE, ApiError, clientPath, send } from "@/api/client";
import { takeThreads } from "@/meet/messages/taking";
import type { Entry, Place } from "@/vault/journal";
import { asJson, entries, markdownZip, pictureOf } from "@/vault/transfer/exporting";

import { PLAN_STEPS } from "@/api/types";
import { isBlank, type PlanContent } from "@/person/plan/content";
import { readHere } from "@/person/plan/device";
import { exchangePlan, readPlan } from "@/person/plan/sealed";

import type { Bundle, Resource } from "./bundle";
import { readable, type Reader } from "./readable";

export interface Taken {
  zip: Uint8Array<ArrayBuffer>;
  /** Something of the private writing could not be opened. */
  damaged: boolean;
}

type Files = Record<string, Uint8Array>;

async function download({ practiceId, client }: Place, format: string): Promise<Uint8Array> {
  const path = API_BASE + clientPath(practiceId, client, "/export");
  const answer = await send(path, "GET", { query: { format } });
  if (!answer.ok) throw new ApiError(answer.status, `http-${answer.status}`, "");
  return new Uint8Array(await answer.arrayBuffer());
}

/** Puts the file together; what is sealed stays behind where it is not to be opened. */
export async function takeAlong(place: Place, opened: boolean, reader: Reader): Promise<Taken> {
  const madeAt = new Date().toISOString();
  const fhir = await download(place, "fhir");
  const tables = unzipSync(await download(place, "csv"));
  const bundle = JSON.parse(new TextDecoder().decode(fhir)) as Bundle;
  const plan = await planOf(place, opened);
  if (plan !== null) bundle.entry.push({ fullUrl: `urn:uuid:${plan.id}`, resource: plan });
  const files: Files = {
    "record.html": strToU8(readable(bundle, madeAt, reader)),
    "record.fhir.json": plan === null ? fhir : strToU8(JSON.stringify(bundle)),
  };
  for (const [name, content] of Object.entries(tables)) files[`tables/${name}`] = content;
  let damaged = false;
  if (opened) {
    const all = await entries(place);
    Object.assign(files, await journalFiles(place, all, madeAt));
    damaged = all.some(({ heads }) => heads.some((head) => head.code !== null));
    const threads = await takeThreads({ user: place.user, practiceId: place.practiceId });
    Object.assign(files, threads.files);
    damaged ||= threads.damaged;
  }
  return { zip: new Uint8Array(zipSync(files)), damaged };
}

/** The safety plan, opened on this device, or kept on it alone; as FHIR names it. */
async function planOf(place: Place, opened: boolean): Promise<Resource | null> {
  if (opened) await exchangePlan(place);
  const sealed = opened ? await readPlan(place) : null;
  const content = sealed?.content ?? (await readHere<PlanContent>(place, "plan"));
  if (content === null || isBlank(content.steps)) return null;
  return carePlan(sealed?.item ?? crypto.randomUUID(), place.client, content);
}

/** One activity per line, under the step that it belongs to. */
export function carePlan(id: string, client: string, { steps, written_at }: PlanContent): Resource {
  return {
    resourceType: "CarePlan",
    id,
    status: "active",
    intent: "plan",
    title: "Safety plan",
    category: [{ coding: [{ system: "urn:holdfast:care-plan", code: "safety-plan" }] }],
    subject: { reference: `urn:uuid:${client}` },
    created: written_at,
    activity: PLAN_STEPS.flatMap((step) =>
      steps[step].map((description) => ({
        detail: {
          code: { coding: [{ system: "urn:holdfast:safety-plan-step", code: step }] },
          status: "in-progress",
          description,
        },
      })),
    ),
  };
}

async function journalFiles(place: Place, all: readonly Entry[], madeAt: string): Promise<Files> {
  const pages = unzipSync(await markdownZip(all, pictureOf(place)));
  const files: Files = { "journal/journal.json": strToU8(asJson(all, madeAt)) };
  for (const [name, content] of Object.entries(pages)) files[`journal/${name}`] = content;
  return files;
}
