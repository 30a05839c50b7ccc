import type { Page } from "playwright-core";

/** More stops than any page has: whoever presses Tab this often goes round in circles. */
const MOST_STOPS = 150;

/**
 * Presses a key until the focus is on what is wanted: a part of the page, by selector. Never clicks, never sets the
 * focus. Fails with the way it took.
 */
export async function keyTo(page: Page, selector: string, key = "Tab"): Promise<void> {
  const way: string[] = [];
  for (let stops = 0; stops <= MOST_STOPS; stops++) {
    const [isThere, at] = await focused(page, selector);
    if (isThere) return;
    way.push(at);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never leads to ${selector}: ${way.slice(0, 40).join(" > ")}`);
}

/** Presses Tab until the focus is there, then Enter. */
export async function keyInto(page: Page, selector: string): Promise<void> {
  await keyTo(page, selector);
  await page.keyboard.press("Enter");
}

/** Moves over a seat map by its arrow keys, from the seat that has the focus to another. */
export async function keyToSeat(page: Page, seatId: string): Promise<void> {
  const [row, place] = [seatId.replace(/\d+/, ""), Number(seatId.replace(/\D+/, ""))];
  for (let steps = 0; steps < MOST_STOPS; steps++) {
    const at = await page.evaluate<string | undefined>("document.activeElement?.dataset?.seat");
    if (at === seatId) return;
    if (at === undefined) throw new Error("the focus is not on the map");
    const [rowNow, placeNow] = [at.replace(/\d+/, ""), Number(at.replace(/\D+/, ""))];
    if (rowNow !== row) await page.keyboard.press(rowNow < row ? "ArrowDown" : "ArrowUp");
    else await page.keyboard.press(placeNow < place ? "ArrowRight" : "ArrowLeft");
  }
  throw new Error(`the arrow keys never lead to ${seatId}`);
}

function focused(page: Page, selector: string): Promise<[boolean, string]> {
  return page.evaluate<[boolean, string]>(`(() => {
    const at = document.activeElement;
    const name = at?.dataset?.testid ?? at?.getAttribute("aria-label") ?? at?.textContent?.slice(0, 20);
    return [at?.matches(${JSON.stringify(selector)}) ?? false, at?.localName + " " + name];
  })()`);
}
