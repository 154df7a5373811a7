import { type ReactElement, useId, useMemo } from "react";

import type { FlowStep } from "./api";
import { type Box, drawing, lineOf } from "./layout";
import { useFlowWords } from "./words";

/** The exercise at a glance. Its steps stand as text below; the picture adds how they hang together. */
export function FlowMap({ steps }: { readonly steps: readonly FlowStep[] }): ReactElement {
  const { t } = useFlowWords();
  const arrow = useId();
  const map = useMemo(
    () =>
      drawing(steps, (target) =>
        target.startsWith("flow:") ? t("map.flow", { flow: target.slice(5) }) : t(`map.${target}`),
      ),
    [steps, t],
  );
  return (
    <figure className="hff-map">
      {/* Reachable by keyboard, because a long map scrolls. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="hff-scroll" tabIndex={0} role="region" aria-label={t("map.title")}>
        <svg
          width={map.width}
          height={map.height}
          viewBox={`0 0 ${map.width} ${map.height}`}
          role="img"
          aria-label={t("map.described", { count: steps.length })}
        >
          <defs>
            <marker id={arrow} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0,0 L8,4 L0,8 z" fill="var(--hf-line-strong)" />
            </marker>
          </defs>
          {map.ways.map((way) => (
            <path
              key={`${way.from}>${way.to}>${way.when ?? ""}`}
              d={lineOf(way.points)}
              fill="none"
              stroke="var(--hf-line-strong)"
              strokeWidth="1.5"
              strokeDasharray={way.when === null ? undefined : "5 4"}
              markerEnd={`url(#${arrow})`}
            >
              {way.when === null ? null : <title>{way.when}</title>}
            </path>
          ))}
          {map.boxes.map((box) => (
            <Node key={box.id} box={box} />
          ))}
        </svg>
      </div>
      <figcaption className="hf-soft hf-small">{t("map.legend")}</figcaption>
    </figure>
  );
}

function Node({ box }: { readonly box: Box }): ReactElement {
  const round = box.kind === "step" ? 10 : box.height / 2;
  return (
    <g data-kind={box.kind} className="hff-node">
      <rect
        x={box.x - box.width / 2}
        y={box.y - box.height / 2}
        width={box.width}
        height={box.height}
        rx={round}
      />
      <foreignObject
        x={box.x - box.width / 2}
        y={box.y - box.height / 2}
        width={box.width}
        height={box.height}
      >
        <span className="hff-label">{box.label}</span>
      </foreignObject>
    </g>
  );
}
