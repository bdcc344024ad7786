/** What ES2023 has and older Safari, Chrome and Hermes lack. */

export function findLastIndex<Item>(items: readonly Item[], fits: (item: Item) => boolean): number {
  let index = items.length - 1;
  while (index >= 0 && !fits(items[index] as Item)) index -= 1;
  return index;
}

/** The list with another item at this place. */
export function replaced<Item>(items: readonly Item[], index: number, item: Item): readonly Item[] {
  const copy = items.slice();
  copy[index] = item;
  return copy;
}
