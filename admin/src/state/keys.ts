import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import type { Memory } from "../../../ui/look.ts";
import { useDesk } from "../desk.ts";

/** A key of one character, or two one after the other (`g f`), and what it does in words. */
export interface KeyHint {
  keys: string;
  does: string;
}

/**
 * Keys of a single character. They can be turned off, for who dictates or whose hand slips, and never act while
 * somebody writes or a question is open.
 */
export interface Keys {
  isOn: ReadonlySignal<boolean>;
  turn(on: boolean): void;
  /** Whether the help stands in front. */
  isHelpOpen: Signal<boolean>;
  /** What the screens in front offer, for the help. */
  hints: ReadonlySignal<readonly KeyHint[]>;
  /** Offers keys until the answer is called. The latest offer of a key wins. */
  offer(actions: Readonly<Record<string, () => void>>, hints?: readonly KeyHint[]): () => void;
}

const MEMORY_KEY = "butaca.keys";
/** Between the two keys of a pair: longer than a slow hand, shorter than a forgotten first key. */
const PAIR_MS = 1_500;

export function createKeys(memory: Memory): Keys {
  const isOn = signal(memory.getItem(MEMORY_KEY) !== "off");
  const hints = signal<readonly KeyHint[]>([]);
  let offers: { actions: Readonly<Record<string, () => void>>; hints: readonly KeyHint[] }[] = [];
  let first = { key: "", at: 0 };

  function actionOf(keys: string): (() => void) | undefined {
    return offers.findLast((offer) => Object.hasOwn(offer.actions, keys))?.actions[keys];
  }

  document.addEventListener("keydown", (event) => {
    if (!isOn.peek() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    const pair = event.timeStamp - first.at < PAIR_MS ? `${first.key} ${event.key}` : "";
    const act = actionOf(pair) ?? actionOf(event.key);
    first = { key: event.key, at: event.timeStamp };
    if (act === undefined) return;
    first.key = "";
    event.preventDefault();
    act();
  });

  return {
    isOn,
    turn(on) {
      isOn.value = on;
      memory.setItem(MEMORY_KEY, on ? "on" : "off");
    },
    isHelpOpen: signal(false),
    hints,
    offer(actions, offered = []) {
      const offer = { actions, hints: offered };
      offers = [...offers, offer];
      hints.value = offers.flatMap((each) => each.hints);
      return () => {
        offers = offers.filter((each) => each !== offer);
        hints.value = offers.flatMap((each) => each.hints);
      };
    },
  };
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

/**
 * Offers keys for as long as a component stands, from the moment it does: who knows them is faster than the next
 * paint. Their actions see what the component saw last.
 */
export function useKeys(actions: Readonly<Record<string, () => void>>, hints: readonly KeyHint[] = []): void {
  const { keys } = useDesk();
  useLayoutEffect(() => keys.offer(actions, hints));
}
