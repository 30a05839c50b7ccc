import { type ReadonlySignal, signal } from "@preact/signals";

/** Something that is asked before it is done. */
export interface Question {
  title: string;
  /** What follows from it, one sentence each. */
  consequences: readonly string[];
  /** The word on the button that does it. */
  action: string;
  /** The word on the button that leaves all as it is; "Cancel" when left out. */
  stay?: string;
  /** It can't be taken back. */
  danger?: boolean;
}

export interface Questions {
  open: ReadonlySignal<Question | null>;
  /** Asks, and answers whether to do it. Another question takes the place of an open one, which is then a no. */
  ask(question: Question): Promise<boolean>;
  answer(yes: boolean): void;
}

export function createQuestions(): Questions {
  const open = signal<Question | null>(null);
  let decide: (yes: boolean) => void = () => undefined;
  return {
    open,
    ask(question) {
      decide(false);
      open.value = question;
      return new Promise((resolve) => {
        decide = resolve;
      });
    },
    answer(yes) {
      open.value = null;
      decide(yes);
    },
  };
}
