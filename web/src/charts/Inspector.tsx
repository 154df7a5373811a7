import type { KeyboardEvent, PointerEvent, ReactNode, Ref } from "react";

import { moveCursor } from "./cursor";
import type { Dir } from "./scale";

interface InspectorProps {
  readonly ref: Ref<HTMLDivElement>;
  readonly label: string;
  /** The stop under the cursor, counted from 0, of `count` stops. */
  readonly index: number;
  readonly count: number;
  /** The stop under the cursor in words. */
  readonly words: string;
  readonly dir: Dir;
  /** null: nothing is inspected any more. */
  readonly onMove: (index: number | null) => void;
  /** Pixel under the pointer, from the left edge. */
  readonly onPoint?: (x: number) => void;
  readonly children: ReactNode;
}

/** Makes a drawing a slider over its points: arrow keys walk along it, each stop is said in words. */
export function Inspector({
  ref,
  label,
  index,
  count,
  words,
  dir,
  onMove,
  onPoint,
  children,
}: InspectorProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const next = event.key === "Escape" ? null : moveCursor(event.key, index, count, dir);
    if (next === null && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onMove(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) =>
    onPoint?.(event.clientX - event.currentTarget.getBoundingClientRect().left);
  return (
    // An input of type range cannot hold a drawing.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <div ref={ref} className="hf-chart__canvas" role="slider" tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={index + 1}
      aria-valuetext={words}
      onKeyDown={onKeyDown}
      onBlur={() => onMove(null)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => onMove(null)}
    >
      {children}
    </div>
  );
}
