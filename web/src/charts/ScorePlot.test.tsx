import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createInstance } from "i18next";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it } from "vitest";

import ar from "../i18n/ar/charts.json";
import en from "../i18n/en/charts.json";
import { ScorePlot, sharedDomain } from "./ScorePlot";
import { TimelineStrip } from "./TimelineStrip";
import type { PlotPoint } from "./types";

const i18n = createInstance();

beforeAll(async () => {
  await i18n.use(initReactI18next).init({
    lng: "en",
    resources: { en: { charts: en }, ar: { charts: ar } },
    interpolation: { escapeValue: false },
  });
});

const POINTS: PlotPoint[] = [
  { id: "b", at: "2026-03-08T09:00:00Z", value: 18, band: "Moderately severe", flagged: true },
  { id: "a", at: "2026-03-01T09:00:00Z", value: 12, band: "Moderate", historical: true },
  { id: "c", at: "2026-03-15T09:00:00Z", value: 7, band: "Mild" },
];

async function show(points: readonly PlotPoint[], language = "en") {
  await i18n.changeLanguage(language);
  return render(
    <I18nextProvider i18n={i18n}>
      <ScorePlot title="PHQ-9" points={points} range={[0, 27]} direction="lower" timeZone="Europe/Berlin" />
    </I18nextProvider>,
  );
}

describe("ScorePlot", () => {
  it("lets the keyboard walk through the answers in order of time and says each in words", async () => {
    await show(POINTS);
    const slider = screen.getByRole("slider", { name: "PHQ-9: step through the answers" });
    expect(slider).toHaveAttribute("aria-valuetext", "Mar 15, 2026, 10:00 AM: 7 of 27 · Mild");
    slider.focus();
    await userEvent.keyboard("{Home}");
    expect(slider).toHaveAttribute("aria-valuenow", "1");
    expect(slider.getAttribute("aria-valuetext")).toContain("12 of 27 · Moderate · from an earlier record");
    await userEvent.keyboard("{ArrowRight}");
    expect(slider.getAttribute("aria-valuetext")).toContain("18 of 27 · Moderately severe · flagged");
  });

  it("walks the other way in Arabic", async () => {
    await show(POINTS, "ar");
    const slider = screen.getByRole("slider");
    slider.focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(slider).toHaveAttribute("aria-valuenow", "2");
  });

  it("has a table of all answers, newest first, present before it is opened", async () => {
    await show(POINTS);
    const rows = within(screen.getByRole("table")).getAllByRole("row").slice(1);
    expect(rows.map((row) => within(row).getAllByRole("cell")[0]?.textContent)).toEqual(["7", "18", "12"]);
  });

  it("pages through 1,476 answers in the table and keeps the drawing small", async () => {
    const many = Array.from({ length: 1_476 }, (_, index) => ({
      id: `p${index}`,
      at: new Date(Date.UTC(2012, 7, 13) + index * 14_000_000).toISOString(),
      value: index % 28,
    }));
    const { container } = await show(many);
    expect(container.querySelectorAll("svg circle").length).toBeLessThan(5);
    await userEvent.click(screen.getByText("Show 1476 answers as a table"));
    expect(screen.getByText("Page 1 of 30")).toBeInTheDocument();
    await userEvent.click(screen.getByText("Older"));
    expect(screen.getByText("Page 2 of 30")).toBeInTheDocument();
    // By selector: asking for roles computes the accessible name of every cell.
    expect(container.querySelectorAll("tbody tr")).toHaveLength(50);
  });

  it("says plainly that there are no answers and offers no slider", async () => {
    await show([]);
    expect(screen.queryByRole("slider")).toBeNull();
    expect(screen.getAllByText("No answers yet").length).toBeGreaterThan(0);
  });
});

describe("TimelineStrip", () => {
  it("says each event in words: kind, label, dose and days", async () => {
    await i18n.changeLanguage("en");
    render(
      <I18nextProvider i18n={i18n}>
        <TimelineStrip
          title="Events"
          timeZone="Europe/Amsterdam"
          domain={sharedDomain(["2012-08-13T00:00:00Z", "2013-04-09T00:00:00Z"], "Europe/Amsterdam")}
          events={[
            { id: "1", kind: "medication", label: "Venlafaxine", at: "2012-09-24T10:00:00Z", dose: 112.5, unit: "mg" },
            { id: "2", kind: "life", label: "Moved house", at: "2012-10-01T10:00:00Z", end: "2012-10-04T10:00:00Z" },
          ]}
        />
      </I18nextProvider>,
    );
    const slider = screen.getByRole("slider");
    expect(slider.getAttribute("aria-valuetext")).toBe(
      "Oct 1, 2012 to Oct 4, 2012: Life event · Moved house",
    );
    slider.focus();
    await userEvent.keyboard("{ArrowLeft}");
    expect(slider.getAttribute("aria-valuetext")).toBe(
      "Sep 24, 2012: Medication · Venlafaxine · 112.5 mg",
    );
  });
});
