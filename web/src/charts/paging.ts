/** Pages of a long table. */

export const PAGE_SIZE = 50;

/** At least one page, so that an empty table has a place to stand. */
export function pageCount(rows: number, size: number = PAGE_SIZE): number {
  return Math.max(1, Math.ceil(rows / size));
}

export function pageRows<Row>(rows: readonly Row[], page: number, size: number = PAGE_SIZE): Row[] {
  return rows.slice(page * size, (page + 1) * size);
}
