import type { ReactElement } from "react";

/** Twelve English words in their order, whatever the screen's language. */
export function WordList({ words, testId }: { words: readonly string[]; testId: string }): ReactElement {
  return (
    <ol className="hf-words-list" dir="ltr" lang="en" data-testid={testId}>
      {words.map((word, at) => (
        // Words may come twice; their place is what tells them apart.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={at}>{word}</li>
      ))}
    </ol>
  );
}
