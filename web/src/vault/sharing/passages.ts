/** An entry cut into passages that somebody can pick from. */

/** Sentences with what follows them; put together they are the text again. */
export function passagesOf(text: string, language: string): string[] {
  const sentences = [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(text)];
  const found: string[] = [];
  for (const { segment } of sentences) {
    // Blank lines belong to what stands before them.
    if (segment.trim() === "" && found.length > 0) found[found.length - 1] += segment;
    else if (segment.trim() !== "") found.push(segment);
  }
  return found;
}

const GAP = "[…]";

/** The chosen passages in their order; whoever reads them sees where something was left out. */
export function excerptOf(passages: readonly string[], chosen: ReadonlySet<number>): string {
  let text = "";
  let left = false;
  for (const [at, passage] of passages.entries()) {
    if (!chosen.has(at)) {
      left = true;
      continue;
    }
    if (left && text !== "") text = `${text.trimEnd()} ${GAP} `;
    text += passage;
    left = false;
  }
  return text.trim();
}
