import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { appName, useSetting } from "./settings";

/** Two cupped strokes around a point: something held. The neutral mark is a sheet of lines. */
export function Mark({ neutral }: { neutral: boolean }): ReactElement {
  return (
    <svg width="30" height="30" viewBox="0 0 32 32" fill="none" aria-hidden>
      {neutral ? (
        <path
          d="M8 8h16M8 14h16M8 20h10"
          stroke="currentColor"
          strokeWidth="3"
          strokeLinecap="round"
        />
      ) : (
        <>
          <path
            d="M6 12c0 9 4.500 14 10 14s10-5 10-14"
            stroke="currentColor"
            strokeWidth="3.200"
            strokeLinecap="round"
          />
          <circle cx="16" cy="11" r="4.200" fill="currentColor" />
        </>
      )}
    </svg>
  );
}

/** `quiet`: on a phone the mark stands alone, because the row has more to hold. */
export function Brand({ quiet }: { quiet: boolean }): ReactElement {
  const neutral = useSetting("neutral") === "1";
  return (
    <Link to="/" className="hf-brand">
      <Mark neutral={neutral} />
      <span className="hf-brand-name" data-quiet={quiet ? "yes" : "no"}>{appName(neutral)}</span>
    </Link>
  );
}
