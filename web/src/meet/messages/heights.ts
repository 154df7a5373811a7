/**
 * How high the rows of a long list are: an estimate for each, the truth once one was seen. Sums of any
 * number of rows, and the row at any height, cost the logarithm of how many there are (Fenwick tree).
 */
export class Heights {
  private known: Float64Array;
  private tree: Float64Array;

  constructor(
    public count: number,
    private readonly estimate: number,
  ) {
    this.known = new Float64Array(count);
    this.tree = new Float64Array(count + 1);
  }

  /** Height of the first `rows` rows together. */
  above(rows: number): number {
    let sum = rows * this.estimate;
    for (let at = rows; at > 0; at -= at & -at) sum += this.tree[at] ?? 0;
    return sum;
  }

  get total(): number {
    return this.above(this.count);
  }

  /** The row that stands at a height; the last where that is beyond all. */
  at(height: number): number {
    let rows = 0;
    let passed = 0;
    for (let step = 2 ** Math.floor(Math.log2(Math.max(1, this.count))); step >= 1; step /= 2) {
      const next = rows + step;
      if (next > this.count) continue;
      const sum = passed + step * this.estimate + (this.tree[next] ?? 0);
      if (sum > height) continue;
      rows = next;
      passed = sum;
    }
    return Math.max(0, Math.min(rows, this.count - 1));
  }

  /** Keeps what a row was measured to be; by how much that is more than was thought. */
  measure(row: number, height: number): number {
    const more = height - this.estimate - (this.known[row] ?? 0);
    if (more === 0 || row >= this.count) return 0;
    this.known[row] = (this.known[row] ?? 0) + more;
    for (let at = row + 1; at <= this.count; at += at & -at) {
      this.tree[at] = (this.tree[at] ?? 0) + more;
    }
    return more;
  }

  /** More rows at the end; what was measured stays. */
  grow(count: number): void {
    if (count <= this.count) return;
    const before = this.known;
    this.count = count;
    this.known = new Float64Array(count);
    this.tree = new Float64Array(count + 1);
    for (const [row, more] of before.entries()) {
      if (more !== 0) this.measure(row, this.estimate + more);
    }
  }
}
