/** What every chart needs to know of its surroundings: language, direction, size, size of text. */
import { useEffect, useMemo, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { Dir } from "./scale";

export interface ChartFormats {
  readonly day: (wall: number) => string;
  readonly moment: (wall: number) => string;
  readonly number: (value: number) => string;
  readonly signed: (value: number) => string;
}

/** Formats for wall-clock milliseconds (see time.ts): always written in UTC, never the browser's zone. */
export function chartFormats(locale: string): ChartFormats {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  });
  const number = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 2,
    // Without a sign on a zero that was rounded from below.
    signDisplay: "negative",
  });
  const signed = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 2,
    signDisplay: "exceptZero",
  });
  return {
    day: (wall) => day.format(wall),
    moment: (wall) => moment.format(wall),
    number: (value) => number.format(value),
    signed: (value) => signed.format(value),
  };
}

export function useChartLanguage() {
  const { t, i18n } = useTranslation("charts");
  const locale = i18n.resolvedLanguage ?? i18n.language;
  const dir: Dir = i18n.dir(locale) === "rtl" ? "rtl" : "ltr";
  const formats = useMemo(() => chartFormats(locale), [locale]);
  return { t, locale, dir, formats };
}

export interface ChartSize {
  /** Width of the element, CSS pixels. */
  readonly width: number;
  /** Size of text here as a multiple of 16 pixels: margins grow with the reader's text size. */
  readonly em: number;
}

/** Measures an element now and whenever it changes. */
export function useChartSize<E extends HTMLElement>(): [RefObject<E | null>, ChartSize] {
  const element = useRef<E>(null);
  const [size, setSize] = useState<ChartSize>({ width: 640, em: 1 });
  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const measure = () => {
      const width = Math.round(target.getBoundingClientRect().width);
      const em = (parseFloat(getComputedStyle(target).fontSize) || 16) / 16;
      setSize((known) => (known.width === width && known.em === em ? known : { width, em }));
    };
    measure();
    if (typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

/** From this width on, lanes and bands carry their names beside the drawing. */
export const WIDE = 560;

/** Side margins shared by every plot and strip of one page, so that their time axes line up. */
export function sideMargins({ width, em }: ChartSize): { start: number; end: number } {
  const wide = width >= WIDE * Math.min(em, 1.4);
  return { start: (wide ? 88 : 34) * em, end: (wide ? 116 : 12) * em };
}
