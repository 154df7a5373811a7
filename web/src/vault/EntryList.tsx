import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactElement, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/design";

import { EntryCard } from "./EntryCard";
import type { Entry, Place } from "./journal";
import type { Row } from "./summary";
import { type JournalView, useFound } from "./useJournal";

interface Props {
  place: Place;
  view: JournalView;
  onEdit: (entry: Entry) => void;
  onRemove: (entry: Entry) => Promise<void>;
}

/** Cards opened at first, and each time the end of the list comes near. */
const PAGE = 15;
const MOST_TAGS_SHOWN = 12;
const PAUSE_MS = 250;

/** Entries in the list, found by words and tag; only those on the screen are opened. */
export function EntryList({ place, view, onEdit, onRemove }: Props): ReactElement {
  const { t } = useTranslation(["vault", "journal"]);
  const [words, setWords] = useState("");
  const [settled] = useDebouncedValue(words.trim(), PAUSE_MS);
  const [tag, setTag] = useState<string | null>(null);
  const found = useFound(place, settled);
  const shown = useMemo(
    () =>
      view.rows.filter(
        (row) =>
          (found.data === undefined || found.data === null || found.data.has(row.item)) &&
          (tag === null || row.tags.includes(tag)),
      ),
    [view.rows, found.data, tag],
  );
  if (view.rows.length === 0) {
    return view.whole ? <EmptyState title={t("none")} /> : <Coming />;
  }
  const asked = settled !== "" || tag !== null;
  return (
    <>
      <TextInput
        type="search"
        label={t("journal:search")}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        autoComplete="off"
        dir="auto"
      />
      <TagFilter rows={view.rows} chosen={tag} onChoose={setTag} />
      <p role="status" className="hf-soft hf-small" data-testid="found">
        {asked && found.data !== undefined ? t("journal:found", { count: shown.length }) : ""}
      </p>
      {view.whole ? null : <Coming />}
      <Cards
        // Another search begins at its own top.
        key={`${settled} ${tag ?? ""}`}
        place={place}
        rows={shown}
        onEdit={onEdit}
        onRemove={onRemove}
        onTag={setTag}
      />
    </>
  );
}

function Coming(): ReactElement {
  const { t } = useTranslation("journal");
  return (
    <p role="status" className="hf-soft hf-small" data-testid="coming">
      {t("coming")}
    </p>
  );
}

interface CardsProps extends Omit<Props, "view"> {
  rows: readonly Row[];
  onTag: (tag: string) => void;
}

function Cards({ rows, ...rest }: CardsProps): ReactElement {
  const { t } = useTranslation("journal");
  const [most, setMost] = useState(PAGE);
  const showMore = useCallback(() => setMost((before) => before + PAGE), []);
  return (
    <>
      <ul className="hf-plain-list" data-testid="entries" data-count={rows.length}>
        {rows.slice(0, most).map((row) => (
          <EntryCard key={row.item} row={row} {...rest} />
        ))}
      </ul>
      {rows.length > most ? (
        // A new one for each page: an end that stays in sight is seen again.
        <End key={most} onNear={showMore}>
          <Button variant="default" onClick={showMore}>
            {t("more")}
          </Button>
        </End>
      ) : null}
    </>
  );
}

/** Calls when it comes near the screen. */
function End({ onNear, children }: { onNear: () => void; children: ReactNode }): ReactElement {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (element === null) return undefined;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((each) => each.isIntersecting)) onNear();
      },
      { rootMargin: "600px" },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [onNear]);
  return <div ref={end}>{children}</div>;
}

interface FilterProps {
  rows: readonly Row[];
  chosen: string | null;
  onChoose: (tag: string | null) => void;
}

/** The tags used most; pressing one again shows everything. */
function TagFilter({ rows, chosen, onChoose }: FilterProps): ReactElement | null {
  const { t } = useTranslation("journal");
  const tags = useMemo(() => {
    const counts = new Map<string, number>();
    for (const tag of rows.flatMap((row) => row.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    const most = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
    const names = most.slice(0, MOST_TAGS_SHOWN).map(([name]) => name);
    return chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  }, [rows, chosen]);
  if (tags.length === 0) return null;
  return (
    <ul className="hf-tags" aria-label={t("tags")}>
      {tags.map((tag) => (
        <li key={tag}>
          <Button
            size="compact-md"
            variant={tag === chosen ? "filled" : "default"}
            aria-pressed={tag === chosen}
            onClick={() => onChoose(tag === chosen ? null : tag)}
          >
            <bdi>{tag}</bdi>
          </Button>
        </li>
      ))}
    </ul>
  );
}
