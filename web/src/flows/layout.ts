/** Where the steps of an exercise and the ways between them stand in its map. */
import dagre from "@dagrejs/dagre";

import type { FlowStep } from "./api";

export interface Box {
  readonly id: string;
  readonly label: string;
  readonly kind: "step" | "end" | "crisis" | "flow";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Way {
  readonly from: string;
  readonly to: string;
  readonly when: string | null;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
}

const WIDTH = 190;
const HEIGHT = 52;
const MARGIN = 12;

function kindOf(target: string): Box["kind"] {
  if (target === "end") return "end";
  if (target === "crisis") return "crisis";
  return target.startsWith("flow:") ? "flow" : "step";
}

/** `label` names what is no step of this exercise: its end, another exercise, the crisis protocol. */
export function drawing(steps: readonly FlowStep[], label: (target: string) => string): Drawing {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 34, marginx: MARGIN, marginy: MARGIN });
  const labels = new Map(steps.map((step) => [step.name, step.label]));
  for (const target of steps.flatMap((step) => step.next.map((way) => way.to))) {
    if (!labels.has(target)) labels.set(target, label(target));
  }
  for (const id of labels.keys()) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  const ways = steps.flatMap((step) =>
    step.next.map((way, place) => ({ from: step.name, to: way.to, when: way.when, name: String(place) })),
  );
  for (const way of ways) graph.setEdge(way.from, way.to, {}, way.name);
  dagre.layout(graph);
  const size = graph.graph();
  return {
    width: size.width ?? WIDTH,
    height: size.height ?? HEIGHT,
    boxes: [...labels].map(([id, words]) => {
      const { x, y } = graph.node(id);
      return { id, label: words, kind: kindOf(id), x, y, width: WIDTH, height: HEIGHT };
    }),
    ways: ways.map((way) => ({
      from: way.from,
      to: way.to,
      when: way.when,
      points: graph.edge(way.from, way.to, way.name).points ?? [],
    })),
  };
}

/** A smooth line through the points of a way. */
export function lineOf(points: Way["points"]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let line = `M${first.x},${first.y}`;
  for (const [place, point] of rest.entries()) {
    const next = rest[place + 1];
    line +=
      next === undefined
        ? ` L${point.x},${point.y}`
        : ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  }
  return line;
}
