/** Plots for scores and events over time. Start from ScorePlot, TimelineStrip and Sparkline. */
export { ScorePlot, sharedDomain, type ScorePlotProps } from "./ScorePlot";
export { Sparkline, type SparklineProps } from "./Sparkline";
export { TimelineStrip, type TimelineStripProps } from "./TimelineStrip";
export type {
  ChangePoint,
  Direction,
  EventKind,
  PlotBand,
  PlotEvent,
  PlotPoint,
  ReliableChange,
  TimeDomain,
} from "./types";
