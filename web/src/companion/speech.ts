/**
 * Dictation and reading aloud by the browser's own functions, where it has them. Nothing is sent by
 * this app; some browsers' makers turn speech into text on machines of their own.
 */

interface Heard {
  readonly results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}

interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: Heard) => void) | null;
  onend: (() => void) | null;
  onerror: (() => void) | null;
  start: () => void;
  stop: () => void;
}

type RecognitionMaker = new () => Recognition;

function maker(): RecognitionMaker | null {
  const has = globalThis as unknown as Record<string, RecognitionMaker | undefined>;
  return has["SpeechRecognition"] ?? has["webkitSpeechRecognition"] ?? null;
}

export const canDictate = (): boolean => maker() !== null;

export const canReadAloud = (): boolean =>
  "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;

/** Begins to listen; gives what ends it, or null where the browser will not. */
export function dictate(
  language: string,
  onText: (text: string) => void,
  onEnd: () => void,
): (() => void) | null {
  const Made = maker();
  if (Made === null) return null;
  const recognition = new Made();
  recognition.lang = language;
  recognition.continuous = true;
  recognition.interimResults = false;
  let taken = 0;
  recognition.onresult = ({ results }) => {
    for (; taken < results.length; taken += 1) {
      const text = results[taken]?.[0]?.transcript.trim() ?? "";
      if (text !== "") onText(text);
    }
  };
  recognition.onend = onEnd;
  recognition.onerror = onEnd;
  recognition.start();
  return () => recognition.stop();
}

export function readAloud(language: string, texts: readonly string[]): void {
  for (const text of texts) {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language;
    speechSynthesis.speak(utterance);
  }
}

export const hush = (): void => {
  if (canReadAloud()) speechSynthesis.cancel();
};
