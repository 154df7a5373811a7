import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRef } from "react";
import { describe, expect, it, vi } from "vitest";

import { ChordGuard, moveInList, useCommands, useRowKeys } from "./keys";

describe("moveInList", () => {
  it("goes down with j and the arrow, up with k, and stops at both ends", () => {
    expect(moveInList("j", -1, 3)).toBe(0);
    expect(moveInList("ArrowDown", 0, 3)).toBe(1);
    expect(moveInList("j", 2, 3)).toBe(2);
    expect(moveInList("k", 0, 3)).toBe(0);
    expect(moveInList("End", 0, 3)).toBe(2);
    expect(moveInList("Home", 2, 3)).toBe(0);
  });

  it("leaves every other key alone, and an empty list too", () => {
    expect(moveInList("Enter", 1, 3)).toBeNull();
    expect(moveInList("j", -1, 0)).toBeNull();
  });
});

describe("ChordGuard", () => {
  it("leaves the letter after g to the frame's jump, and only that one", () => {
    const guard = new ChordGuard();
    expect(["g", "c", "c"].map((key) => guard.holds(key))).toEqual([true, true, false]);
  });
});

function Page({ commands }: { commands: Record<string, () => void> }) {
  const list = useRef<HTMLUListElement>(null);
  useCommands(commands);
  useRowKeys(list);
  return (
    <>
      <input aria-label="Search" />
      <ul ref={list}>
        <li><a href="#a" data-row>A</a></li>
        <li><a href="#b" data-row>B</a></li>
      </ul>
    </>
  );
}

describe("the page's keys", () => {
  it("walk the focus through the rows", async () => {
    render(<Page commands={{}} />);
    await userEvent.keyboard("j");
    expect(screen.getByRole("link", { name: "A" })).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByRole("link", { name: "B" })).toHaveFocus();
    await userEvent.keyboard("k");
    expect(screen.getByRole("link", { name: "A" })).toHaveFocus();
  });

  it("leave arrow keys to scrolling until a row has the focus", async () => {
    render(<Page commands={{}} />);
    await userEvent.keyboard("{ArrowDown}");
    expect(screen.getByRole("link", { name: "A" })).not.toHaveFocus();
  });

  it("run a command once, but never while somebody types", async () => {
    const search = vi.fn<() => void>();
    render(<Page commands={{ x: search }} />);
    await userEvent.keyboard("x");
    await userEvent.type(screen.getByRole("textbox"), "x");
    expect(search).toHaveBeenCalledTimes(1);
  });

  it("leave browser shortcuts and the frame's jumps alone", async () => {
    const command = vi.fn<() => void>();
    render(<Page commands={{ c: command }} />);
    await userEvent.keyboard("{Control>}c{/Control}");
    await userEvent.keyboard("gc");
    expect(command).not.toHaveBeenCalled();
  });
});
