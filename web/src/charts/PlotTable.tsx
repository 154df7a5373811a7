import { useMemo } from "react";

import type { ChartWords, PlacedPoint } from "./describe";
import type { ChartFormats } from "./environment";
import { PagedTable } from "./PagedTable";

interface PlotTableProps {
  readonly title: string;
  readonly placed: readonly PlacedPoint[];
  readonly withBand: boolean;
  readonly t: ChartWords;
  readonly formats: ChartFormats;
}

/** Every answer of the series, newest first. */
export function PlotTable({ title, placed, withBand, t, formats }: PlotTableProps) {
  const rows = useMemo(
    () =>
      placed.toReversed().map(({ point, wall }) => {
        const notes = [
          point.historical ? t("historical") : null,
          point.flagged ? t("flagged") : null,
        ].filter((note) => note !== null);
        const cells = [formats.moment(wall), formats.number(point.value)];
        if (withBand) cells.push(point.band ?? "–");
        return [point.id, ...cells, notes.join(", ")] as const;
      }),
    [placed, withBand, t, formats],
  );
  if (rows.length === 0) return null;
  const columns = [
    t("table.when"),
    t("table.score"),
    ...(withBand ? [t("table.band")] : []),
    t("table.notes"),
  ];
  return <PagedTable caption={t("table.caption", { title })} columns={columns} rows={rows} of="answers" />;
}
