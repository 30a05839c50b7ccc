interface Ordered {
  order: number;
}

/**
 * One moved by a place among its neighbours: those whose number changes, with their new one. Numbers count from 1 in
 * the order of the list, so that equal ones are told apart as well.
 */
export function renumbered<T extends Ordered>(list: readonly T[], at: number, by: -1 | 1): T[] {
  const moved = list.toSpliced(at, 1);
  const one = list[at];
  if (one === undefined) return [];
  moved.splice(at + by, 0, one);
  return moved.flatMap((item, index) => (item.order === index + 1 ? [] : [{ ...item, order: index + 1 }]));
}
