/** Something that becomes due, with the moment it was filed under: never later than its real one. */
interface Entry<T> {
  filedAt: number;
  item: T;
}

/**
 * Items by the moment they become due, for deadlines that only ever move later. Moving one costs
 * nothing: it is filed again when its old moment comes up. Items that ended are dropped then too.
 */
export interface Dues<T> {
  /** Files an item. Only once per item. */
  add(item: T): void;
  /** Takes out one item that is due at `at`; null when there is none. */
  takeDue(at: number): T | null;
  /** When the next item is due; null when there is none. */
  next(): number | null;
}

/** `dueAt` answers an item's moment as it is now, or null when the item has ended. */
export function createDues<T>(dueAt: (item: T) => number | null): Dues<T> {
  const heap: Entry<T>[] = [];

  /** The item on top with its real moment, after sorting out those that moved or ended. */
  function settleTop(): Entry<T> | null {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      const real = dueAt(top.item);
      if (real === top.filedAt) return top;
      pop(heap);
      if (real !== null) push(heap, { filedAt: real, item: top.item });
    }
    return null;
  }

  return {
    add(item) {
      const moment = dueAt(item);
      if (moment !== null) push(heap, { filedAt: moment, item });
    },
    takeDue(at) {
      if (heap[0] === undefined || heap[0].filedAt > at) return null;
      const top = settleTop();
      if (top === null || top.filedAt > at) return null;
      pop(heap);
      return top.item;
    },
    next: () => settleTop()?.filedAt ?? null,
  };
}

function push<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let place = heap.length;
  heap.push(entry);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.filedAt <= entry.filedAt) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = entry;
}

function pop<T>(heap: Entry<T>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const right = left + 1;
    let smaller = heap[left];
    let below = left;
    const other = heap[right];
    if (smaller !== undefined && other !== undefined && other.filedAt < smaller.filedAt) {
      smaller = other;
      below = right;
    }
    if (smaller === undefined || smaller.filedAt >= last.filedAt) break;
    heap[place] = smaller;
    place = below;
  }
  heap[place] = last;
}
