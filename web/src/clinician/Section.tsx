import { type ReactElement, type ReactNode, useId } from "react";

interface SectionProps {
  readonly id: string;
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page that a number key jumps to. */
export function Section({ id, title, actions, children }: SectionProps): ReactElement {
  const heading = useId();
  return (
    <section id={id} className="hf-panel hc-section" tabIndex={-1} aria-labelledby={heading}>
      <div className="hf-row">
        <h2 id={heading} className="hf-panel-title">{title}</h2>
        {actions === undefined ? null : <div className="hf-buttons">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export function jumpTo(id: string): void {
  const section = document.getElementById(id);
  section?.focus({ preventScroll: true });
  section?.scrollIntoView({ block: "start" });
}
