// @vitest-environment node
import { describe, expect, it } from "vitest";

import { fitTiles, speaking } from "./grid";
import { layerFor } from "./sfu";

describe("the tiles of a group", () => {
  it("stand below each other on a phone until there are many", () => {
    expect([1, 2, 3, 5, 9].map((tiles) => fitTiles(tiles, 358, 640).columns)).toEqual([1, 1, 1, 1, 2]);
  });

  it("stand where they are largest at a desk", () => {
    expect([1, 2, 4, 5, 9, 30].map((tiles) => fitTiles(tiles, 1200, 700).columns)).toEqual([1, 1, 2, 2, 3, 5]);
  });

  it("all fit where they are to fit, however many", () => {
    for (let tiles = 1; tiles <= 30; tiles += 1) {
      const { columns, width } = fitTiles(tiles, 1000, 600);
      expect(columns).toBeLessThanOrEqual(tiles);
      expect(columns * width).toBeLessThanOrEqual(1000);
      expect(Math.ceil(tiles / columns) * width * (9 / 16)).toBeLessThanOrEqual(600);
    }
  });
});

describe("who speaks in a group", () => {
  it("is the loudest, and nobody where all are quiet", () => {
    expect(speaking(new Map([["a", 0.3], ["b", 0.5]]))).toBe("b");
    expect(speaking(new Map([["a", 0.01]]))).toBeNull();
  });
});

describe("how large a picture is asked for", () => {
  it("is smaller the more are seen", () => {
    expect([1, 3, 4, 8, 9, 30].map(layerFor)).toEqual([2, 2, 1, 1, 0, 0]);
  });
});
