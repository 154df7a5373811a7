/** How a group's tiles stand, and who speaks. Pure. */

export interface Fit {
  columns: number;
  /** Width of one tile, in pixels. */
  width: number;
}

/** Tiles are 16:9; the columns in which they are largest and all fit a place of this size. */
export function fitTiles(tiles: number, width: number, height: number): Fit {
  let best: Fit = { columns: 1, width: 0 };
  for (let columns = 1; columns <= Math.max(1, tiles); columns += 1) {
    const rows = Math.ceil(tiles / columns);
    const size = Math.floor(Math.min(width / columns, (height / rows) * (16 / 9)));
    if (size > best.width) best = { columns, width: size };
  }
  return best;
}

/** Sound of this level or more is somebody speaking; RFC 6464 levels as the browser gives them, 0 to 1. */
const SPEAKS = 0.02;

/** Who speaks: the loudest of those who do; nobody else lights up. */
export function speaking(levels: ReadonlyMap<string, number>): string | null {
  let loudest: string | null = null;
  let level = SPEAKS;
  for (const [account, each] of levels) {
    if (each >= level) [loudest, level] = [account, each];
  }
  return loudest;
}
