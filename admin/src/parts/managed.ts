import { useMemo } from "preact/hooks";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import type { Form, Values } from "../state/form.ts";
import type { Question } from "../state/questions.ts";
import { createResource, type Managed, type Resource } from "../state/resource.ts";
import { managingRefusal, useManagingWords } from "../words/use.ts";

/** A collection of the API for as long as a screen stands. */
export function useResource<D extends Managed>(path: string): Resource<D> {
  const { api } = useDesk();
  return useMemo(() => createResource<D>(api, path), [api, path]);
}

export interface ManagedActs<D extends Managed> {
  /** Says that it was saved, with a way back while nobody has changed it since. `onUndone` gets it as it is then. */
  saySaved(form: Form<D, Values>, onUndone?: (document: D) => void): void;
  /**
   * Deletes; asks first when there is a question. Answers whether it is gone; a refusal is said. With `again` (the
   * body that makes it anew) the notice offers to bring it back, under another id.
   */
  remove(document: D, name: string, options?: RemoveOptions<D>): Promise<boolean>;
}

export interface RemoveOptions<D> {
  question?: Question;
  again?: object;
  /** What `in_use` means here, where there is something to do instead. */
  inUse?: string;
  onRestored?(document: D): void;
}

/** What is said and asked around changes, the same for all that is managed. */
export function useManagedActs<D extends Managed>(resource: Resource<D>): ManagedActs<D> {
  const { questions } = useDesk();
  const notices = useNotices();
  const words = useManagingWords();

  async function restore(name: string, { again, onRestored }: RemoveOptions<D>): Promise<void> {
    const made = await resource.create(again ?? {});
    if (!made.ok) return notices.say(managingRefusal(made, words), "bad");
    notices.say(words.restored(name), "good");
    onRestored?.(made.body);
  }

  return {
    saySaved(form, onUndone) {
      const undo = form.undo.peek();
      if (undo === null) return notices.say(words.saved, "good");
      const run = async () => {
        const undone = await undo();
        if (!undone.ok) return notices.say(managingRefusal(undone, words), "bad");
        onUndone?.(undone.body);
      };
      notices.say(words.saved, "good", { label: words.undo, run: () => void run() });
    },

    async remove(document, name, options = {}) {
      if (options.question && !(await questions.ask(options.question))) return false;
      const removed = await resource.remove(document.id, document.version);
      if (!removed.ok) {
        const { inUse } = options;
        notices.say(removed.code === "in_use" && inUse ? inUse : managingRefusal(removed, words), "bad");
        return removed.code === "not_found";
      }
      const act = options.again && { label: words.undo, run: () => void restore(name, options) };
      notices.say(words.removed(name), "good", act);
      return true;
    },
  };
}
