/** An entry as a Markdown file: its day, tags and mood stand in front matter, as other apps keep them. */
import { parse, stringify } from "yaml";

import { MOODS, tagsOf, trimmed, withoutTwins, type Written } from "../content";
import { isPrompt } from "../prompts";

export interface Page {
  /** The entry it was exported from. */
  id?: string;
  begunAt: string;
  /** The day stands in the file or in its name; else it is that of the file on its disk. */
  dated: boolean;
  written: Written;
}

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_IN_NAME = /(?:^|[^\d])(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

interface Export {
  id: string;
  begunAt: string;
  written: Written;
  /** What each picture's file is called, in the order of the entry. */
  pictures?: readonly string[];
}

export function toMarkdown({ id, begunAt, written, pictures = [] }: Export): string {
  const { text, tags, mood, prompt } = written;
  const front = {
    id,
    date: begunAt,
    ...(tags === undefined ? {} : { tags }),
    ...(mood === undefined ? {} : { mood }),
    ...(prompt === undefined ? {} : { prompt }),
  };
  const images = pictures.map((name) => `![](${name})`);
  const body = [text, ...images].filter((part) => part !== "").join("\n\n");
  return `---\n${stringify(front)}---\n\n${body}\n`;
}

/** One file as an entry; null where it says nothing. `modified` is the file's own date. */
export function fromMarkdown(name: string, content: string, modified: Date): Page | null {
  const front = frontMatter(content);
  const body = content.replace(FRONT_MATTER, "").replaceAll("\r\n", "\n").trim();
  const title = textOf(front["title"]);
  const text = title === "" || body.includes(title) ? body : `# ${title}\n\n${body}`.trim();
  if (text === "") return null;
  const day = dayOf(front) ?? dayInName(name);
  const id = textOf(front["id"]);
  const mood = MOODS.find((each) => each === Number(front["mood"]));
  const prompt = textOf(front["prompt"]);
  return {
    ...(UUID.test(id) ? { id } : {}),
    begunAt: (day ?? modified).toISOString(),
    dated: day !== null,
    written: trimmed({
      text,
      tags: tagsIn(front["tags"] ?? front["tag"] ?? front["keywords"]),
      ...(mood === undefined ? {} : { mood }),
      ...(isPrompt(prompt) ? { prompt } : {}),
    }),
  };
}

/** What stands before the text; nothing where it is no YAML: the file is then taken as it is. */
function frontMatter(content: string): Record<string, unknown> {
  const found = FRONT_MATTER.exec(content)?.[1];
  if (found === undefined) return {};
  try {
    const value: unknown = parse(found);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof Error && error.name === "YAMLParseError") return {};
    throw error;
  }
}

const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value).trim() : "";

function tagsIn(value: unknown): string[] {
  const parts = Array.isArray(value) ? value.map(textOf) : [textOf(value).replaceAll(/\s+#/g, ",#")];
  return withoutTwins(parts.flatMap(tagsOf));
}

function dayOf(front: Record<string, unknown>): Date | null {
  for (const name of ["date", "created", "created_at", "creationDate"]) {
    const found = instantOf(textOf(front[name]));
    if (found !== null) return found;
  }
  return null;
}

/** A day without an hour is noon there where it is read: it must not slip to its neighbour. */
function instantOf(text: string): Date | null {
  if (text === "") return null;
  const day = DAY.exec(text);
  const date = new Date(day === null ? text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T") : `${text}T12:00:00`);
  return Number.isNaN(date.getTime()) ? null : date;
}

function dayInName(name: string): Date | null {
  const found = DAY_IN_NAME.exec(name);
  return found === null ? null : instantOf(found.slice(1, 4).join("-"));
}
