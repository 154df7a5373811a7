import { useMemo } from "react";

import { eventLabel } from "./describe";
import { useChartLanguage } from "./environment";
import type { PlacedEvent } from "./lanes";
import { PagedTable } from "./PagedTable";

interface EventTableProps {
  readonly title: string;
  readonly placed: readonly PlacedEvent[];
}

/** Every event of a strip, newest first. */
export function EventTable({ title, placed }: EventTableProps) {
  const { t, formats } = useChartLanguage();
  const rows = useMemo(
    () =>
      placed.toReversed().map(
        (entry) =>
          [
            entry.event.id,
            formats.day(entry.wall),
            t(`kind.${entry.event.kind}`),
            eventLabel(entry, t, formats),
            entry.endWall === null ? "" : formats.day(entry.endWall),
          ] as const,
      ),
    [placed, t, formats],
  );
  const columns = [t("table.when"), t("table.kind"), t("table.what"), t("table.until")];
  return <PagedTable caption={title} columns={columns} rows={rows} of="events" />;
}
