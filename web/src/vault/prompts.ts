/** Questions to write to; their words stand in `i18n/LANGUAGE/prompts.json`. Published codes stay. */
export const PROMPTS = [
  "right-now",
  "went-well",
  "hard-today",
  "body",
  "thought",
  "kind-to-me",
  "somebody",
  "next-meeting",
  "value",
  "letting-go",
] as const;

export type Prompt = (typeof PROMPTS)[number];

export const isPrompt = (code: string | undefined): code is Prompt =>
  (PROMPTS as readonly (string | undefined)[]).includes(code);
