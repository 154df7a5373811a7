import { Button, Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { errorKey } from "@/api/problems";
import { documentTitle } from "@/app/title";

import type { ConfirmProps } from "./Dialog";

const Dialog = lazy(() => import("./Dialog"));

export type Tone = "plain" | "calm" | "attention" | "clay";

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: "narrow" | "wide" | "full";
  children: ReactNode;
}

/** One screen: its heading (which takes the focus when the screen opens) and what stands under it. */
export function Page({ title, lead, actions, width = "narrow", children }: PageProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = documentTitle(title);
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <div className="hf-page" data-width={width}>
      <header className="hf-page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p className="hf-lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div className="hf-buttons">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  title?: ReactNode;
  tone?: Tone;
  testId?: string;
  children: ReactNode;
}

/** A group of things that belong together, named by its heading. */
export function Panel({ title, tone = "plain", testId, children }: PanelProps): ReactElement {
  const id = useId();
  return (
    <section
      className="hf-panel"
      data-tone={tone}
      data-testid={testId}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title === undefined ? null : <h2 id={id}>{title}</h2>}
      {children}
    </section>
  );
}

interface NoticeProps {
  tone?: Exclude<Tone, "plain">;
  title?: ReactNode;
  live?: boolean;
  testId?: string;
  children?: ReactNode;
}

/** A sentence that matters. `live` announces it when it appears or changes. */
export function Notice({ tone = "calm", title, live, testId, children }: NoticeProps): ReactElement {
  return (
    <div
      className="hf-notice"
      data-tone={tone}
      data-testid={testId}
      role={live === true ? "status" : undefined}
    >
      <div>
        {title === undefined ? null : <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

/** Shows nothing for the first moments, so that a quick answer does not flicker. */
export function Loading(): ReactElement | null {
  const { t } = useTranslation("common");
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 250);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div role="status" className="hf-row">
      <Loader type="dots" aria-hidden />
      <span className="hf-soft">{t("loading")}</span>
    </div>
  );
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <div role="alert">
      <Notice tone="attention" title={t("errors.title")}>
        <p>{t(errorKey(error))}</p>
        {retry === undefined ? null : (
          <Button variant="default" mt="sm" onClick={retry}>
            {t("retry")}
          </Button>
        )}
      </Notice>
    </div>
  );
}

export function EmptyState({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="hf-panel" data-tone="calm">
      <p className="hf-panel-title">{title}</p>
      {children}
    </div>
  );
}

interface QueryProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

/** Loading, error and data of one query; data stays on screen while it is fetched again. */
export function Query<T>({ query, children }: QueryProps<T>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Loading />;
}

/** Asks before something that matters is done; the code of the dialog comes when it opens. */
export function ConfirmDialog(props: ConfirmProps): ReactElement | null {
  if (!props.opened) return null;
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}

export interface Column<Row> {
  key: string;
  header: ReactNode;
  align?: "start" | "end";
  render: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  caption: ReactNode;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

export function DataTable<Row>({ caption, columns, rows, rowKey }: TableProps<Row>): ReactElement {
  const id = useId();
  return (
    // Reachable by keyboard, because a wide table scrolls sideways on a phone.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="hf-table-scroll" role="region" aria-labelledby={id} tabIndex={0}>
      <table className="hf-table">
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align ?? "start"}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} data-align={column.align ?? "start"}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
