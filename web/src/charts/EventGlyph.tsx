import type { EventKind } from "./types";

interface EventGlyphProps {
  readonly kind: EventKind;
  readonly x: number;
  readonly y: number;
  readonly historical?: boolean;
}

/** One shape per kind of event, told apart without colour; a hollow shape is historical. */
export function EventGlyph({ kind, x, y, historical = false }: EventGlyphProps) {
  return (
    <path
      className="hf-chart__glyph"
      data-kind={kind}
      data-historical={historical ? true : undefined}
      transform={`translate(${x} ${y})`}
      d={SHAPES[kind]}
    />
  );
}

const SHAPES: Record<EventKind, string> = {
  flag: "M-4 6V-6L6 -2.5L-4 1Z",
  meeting: "M0 -5.5A5.5 5.5 0 1 1 0 5.5A5.5 5.5 0 1 1 0 -5.5Z",
  medication: "M-6 -2.5H6V2.5H-6Z",
  treatment: "M-1.8 -6H1.8V-1.8H6V1.8H1.8V6H-1.8V1.8H-6V-1.8H-1.8Z",
  shared: "M-5.5 -4.5H5.5V3H0L-3.500 6V3H-5.5Z",
  life: "M0 -6L6 0L0 6L-6 0Z",
};
