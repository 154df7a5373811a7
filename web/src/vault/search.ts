/** Looking for words in what was written: every word asked for must stand somewhere in an entry. */

/**
 * Text as it is compared: accents, Arabic vowel signs and the lengthening stroke do not count, nor
 * does the case, nor which of its forms a letter was typed in.
 */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{Mn}|\u0640/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ى", "ي")
    .replaceAll("ة", "ه")
    .replaceAll(/\s+/gu, " ");
}

export const wordsOf = (query: string): string[] =>
  folded(query)
    .split(" ")
    .filter((word) => word !== "");

/** Whether every word stands in text that was folded already, as a part of a word or a whole one. */
export const holdsAll = (text: string, words: readonly string[]): boolean =>
  words.every((word) => text.includes(word));
