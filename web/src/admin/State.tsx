import type { ReactElement, ReactNode } from "react";

/** Met or not, told by shape and word, never by colour alone. */
export function Met({ met, children }: { readonly met: boolean; readonly children: ReactNode }): ReactElement {
  return (
    <span className="ha-state" data-met={met ? "yes" : "no"}>
      <svg width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        {met ? (
          <>
            <circle cx="9" cy="9" r="7.500" />
            <path d="M5.500 9.500l2.500 2.500l4.500 -5.500" />
          </>
        ) : (
          <circle cx="9" cy="9" r="7.500" strokeDasharray="4 3" />
        )}
      </svg>
      <span>{children}</span>
    </span>
  );
}
