import type { ChartWords } from "./describe";
import type { ChartFormats } from "./environment";
import { EventGlyph } from "./EventGlyph";
import { flagMark } from "./SeriesLayer";
import { wallTime } from "./time";
import type { ChangePoint, EventKind, PlotBand, ReliableChange } from "./types";

interface PlotLegendProps {
  readonly historical: boolean;
  readonly flagged: boolean;
  /** The series is drawn as range and mean per column. */
  readonly dense: boolean;
  readonly corridor: ReliableChange | null;
  readonly changePoint: ChangePoint | null;
  /** Bands that are not named beside the drawing. */
  readonly bands: readonly PlotBand[];
  /** Kinds of events drawn under the plot. */
  readonly kinds: readonly EventKind[];
  readonly timeZone: string;
  readonly t: ChartWords;
  readonly formats: ChartFormats;
}

/** Says in words what each shape of this plot means; shapes that do not occur are not explained. */
export function PlotLegend(props: PlotLegendProps) {
  const { historical, flagged, dense, corridor, changePoint, bands, kinds, t, formats } = props;
  const day = (at: string) => formats.day(wallTime(at, props.timeZone));
  return (
    <ul className="hf-chart__legend">
      {dense && (
        <li>
          <svg width="18" height="12" aria-hidden="true">
            <rect className="hf-chart__envelope" width="18" height="12" />
            <line className="hf-chart__line" x1="1" x2="17" y1="6" y2="6" />
          </svg>
          {t("legend.dense")}
        </li>
      )}
      {historical && (
        <li>
          <svg width="12" height="12" aria-hidden="true">
            <circle className="hf-chart__point" data-historical cx="6" cy="6" r="4" />
          </svg>
          {t("legend.historical")}
        </li>
      )}
      {flagged && (
        <li>
          <svg width="14" height="14" aria-hidden="true">
            <path className="hf-chart__flagged" d={flagMark(7, 8)} />
          </svg>
          {t("legend.flagged")}
        </li>
      )}
      {corridor && (
        <li>
          <svg width="16" height="12" aria-hidden="true" className="hf-chart__corridor">
            <line x1="0" x2="16" y1="2" y2="2" />
            <line x1="0" x2="16" y1="10" y2="10" />
          </svg>
          {t("legend.corridor", {
            reference: formats.number(corridor.reference),
            points: formats.number(corridor.points),
          })}
        </li>
      )}
      {changePoint && (
        <li>
          <svg width="12" height="12" aria-hidden="true" className="hf-chart__change">
            <path className="hf-chart__change-mark" d="M6 1l5 5l-5 5l-5 -5z" />
          </svg>
          {changePoint.from && changePoint.to && day(changePoint.from) !== day(changePoint.to)
            ? t("legend.changePointRange", {
                day: day(changePoint.at),
                from: day(changePoint.from),
                to: day(changePoint.to),
              })
            : t("legend.changePoint", { day: day(changePoint.at) })}
        </li>
      )}
      {bands.map((band, index) => (
        <li key={band.id}>
          <svg width="14" height="14" aria-hidden="true">
            <rect
              className="hf-chart__band hf-chart__swatch"
              data-step={bands.length > 1 ? Math.round((index / (bands.length - 1)) * 4) : 0}
              x="0.5"
              y="0.5"
              width="13"
              height="13"
            />
          </svg>
          <bdi>{`${formats.number(band.min)}–${formats.number(band.max)}`}</bdi> {band.label}
        </li>
      ))}
      {kinds.map((kind) => (
        <EventKey key={kind} kind={kind} t={t} />
      ))}
    </ul>
  );
}

function EventKey({ kind, t }: { readonly kind: EventKind; readonly t: ChartWords }) {
  return (
    <li>
      <svg width="16" height="16" aria-hidden="true">
        <EventGlyph kind={kind} x={8} y={8} />
      </svg>
      {t(`kind.${kind}`)}
    </li>
  );
}

interface EventLegendProps {
  readonly kinds: readonly EventKind[];
  readonly t: ChartWords;
}

/** The shape of each kind of event, in words. */
export function EventLegend({ kinds, t }: EventLegendProps) {
  return (
    <ul className="hf-chart__legend">
      {kinds.map((kind) => (
        <EventKey key={kind} kind={kind} t={t} />
      ))}
    </ul>
  );
}
