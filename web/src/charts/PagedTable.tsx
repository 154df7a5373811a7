import { useId, useState, type ReactNode } from "react";

import { pageCount, pageRows } from "./paging";
import { useChartLanguage } from "./environment";

interface PagedTableProps {
  /** What the rows are: it names the button. */
  readonly of: "answers" | "events";
  readonly caption: string;
  readonly columns: readonly string[];
  /** Newest first. The first cell names the row. */
  readonly rows: readonly (readonly [key: string, ...cells: ReactNode[]])[];
}

/**
 * A table under a drawing. Closed, it stays in the page for screen readers with its first rows and
 * without controls; opened, everybody can page through every row.
 */
export function PagedTable({ of, caption, columns, rows }: PagedTableProps) {
  const { t, formats } = useChartLanguage();
  const [open, setOpen] = useState(false);
  const [page, setPage] = useState(0);
  const id = useId();
  const pages = pageCount(rows.length);
  const current = Math.min(page, pages - 1);
  const shown = pageRows(rows, open ? current : 0);
  return (
    <div className="hf-chart__table" data-open={open ? true : undefined}>
      <button
        type="button"
        className="hf-chart__toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {t(open ? `table.hide.${of}` : `table.show.${of}`, { count: rows.length })}
      </button>
      <div id={id} className={open ? "hf-chart__scroll" : "hf-visually-hidden"}>
        <table>
          <caption>
            {open || pages === 1 ? caption : t("table.firstRows", { caption, shown: shown.length, count: rows.length })}
          </caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">{column}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(([key, first, ...others]) => (
              <tr key={key}>
                <th scope="row">{first}</th>
                {others.map((cell, index) => (
                  <td key={columns[index + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {open && pages > 1 && (
          <nav className="hf-chart__pager" aria-label={t("table.pages")}>
            <button type="button" disabled={current === 0} onClick={() => setPage(current - 1)}>
              {t("table.newer")}
            </button>
            <span aria-live="polite">
              {t("table.page", { page: formats.number(current + 1), pages: formats.number(pages) })}
            </span>
            <button type="button" disabled={current === pages - 1} onClick={() => setPage(current + 1)}>
              {t("table.older")}
            </button>
          </nav>
        )}
      </div>
    </div>
  );
}
