/* Heights are known only after drawing, and what is drawn next follows from them: each drawing is
   measured, and ends where nothing new was measured. */
/* oxlint-disable react/refs, react/set-state-in-effect, react-hooks/exhaustive-deps */
import { type ReactElement, type ReactNode, useCallback, useLayoutEffect, useRef, useState } from "react";

import { Heights } from "./heights";

/** A row at the top, or the end; another object jumps again. */
export interface Start {
  at: number | "end";
}

interface Props {
  count: number;
  label: string;
  /** Where the list opens: a row at its top, or the end. It stays there until somebody scrolls. */
  start: Start;
  row: (index: number) => ReactNode;
  /** Below the last row. */
  footer?: ReactNode;
  /** Called with the rows on the screen, first and last, whenever they change. */
  onShown: (first: number, last: number) => void;
}

const ESTIMATE_PX = 84;
/** Rows drawn beyond the edges of the screen. */
const BEYOND = 8;
const NEAR_END_PX = 24;
const ABOVE_START_PX = 48;

interface Range {
  first: number;
  last: number;
}

/**
 * A list of any length of which only what is near the screen is drawn. Rows above that turn out higher
 * or lower than thought do not move what is being read.
 */
export function WindowedList({ count, label, start, row, footer, onShown }: Props): ReactElement {
  "use no memo"; // It draws from heights that are measured, which no compiler sees change.
  const frame = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLOListElement>(null);
  const heights = useRef<Heights | null>(null);
  heights.current ??= new Heights(count, ESTIMATE_PX);
  heights.current.grow(count);
  const pinned = useRef<number | "end" | null>(start.at);
  const [range, setRange] = useState<Range>({ first: 0, last: -1 });
  const [, setMeasured] = useState(0);

  const look = useCallback(() => {
    const [box, all] = [frame.current, heights.current];
    if (box === null || all === null || all.count === 0) return;
    const first = all.at(box.scrollTop);
    const last = all.at(box.scrollTop + box.clientHeight);
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);

  const hold = useCallback(() => {
    const [box, all] = [frame.current, heights.current];
    if (box === null || all === null || pinned.current === null) return;
    if (pinned.current === "end") box.scrollTop = box.scrollHeight;
    else box.scrollTop = Math.max(0, all.above(pinned.current) - ABOVE_START_PX);
  }, []);

  // After every drawing: measure what is there, keep the place, and see what stands on the screen.
  useLayoutEffect(() => {
    const [box, list, all] = [frame.current, rows.current, heights.current];
    if (box === null || list === null || all === null) return;
    let above = 0;
    let any = false;
    for (const element of list.querySelectorAll<HTMLElement>("[data-index]")) {
      const index = Number(element.dataset["index"]);
      const more = all.measure(index, element.offsetHeight);
      if (more === 0) continue;
      any = true;
      if (index < range.first) above += more;
    }
    if (pinned.current === null && above !== 0) box.scrollTop += above;
    if (any) setMeasured((before) => before + 1);
    hold();
    look();
  });

  // Once for each place asked for: effects run again where the screen was hidden for a moment.
  const asked = useRef(start);
  useLayoutEffect(() => {
    if (asked.current === start) return;
    asked.current = start;
    pinned.current = start.at;
    hold();
    look();
  }, [start, hold, look]);

  useLayoutEffect(() => {
    if (range.last >= 0) onShown(range.first, range.last);
  }, [range, onShown]);

  const released = (): void => {
    pinned.current = null;
  };
  const scrolled = (): void => {
    const box = frame.current;
    if (box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX) {
      pinned.current = "end";
    }
    look();
  };

  const all = heights.current;
  const from = Math.max(0, range.first - BEYOND);
  const to = Math.min(count - 1, Math.max(range.last, 0) + BEYOND);
  const drawn = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
  return (
    // What scrolls can be scrolled by key, too, and whoever scrolls is no longer held.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={frame}
      className="hf-window"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={scrolled}
      onWheel={released}
      onTouchMove={released}
      onKeyDown={released}
      onPointerDown={released}
    >
      <div style={{ height: all.above(from) }} aria-hidden />
      <ol ref={rows} className="hf-plain-list hf-thread">
        {drawn.map((index) => (
          <li key={index} data-index={index} aria-posinset={index + 1} aria-setsize={count}>
            {row(index)}
          </li>
        ))}
      </ol>
      <div style={{ height: Math.max(0, all.total - all.above(to + 1)) }} aria-hidden />
      {footer}
    </div>
  );
}
