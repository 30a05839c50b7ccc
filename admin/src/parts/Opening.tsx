import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { createForm, type Form, type FormSpec, type Values } from "../state/form.ts";
import type { Managed } from "../state/resource.ts";
import type { Screen } from "../state/route.ts";
import { useManagingWords } from "../words/use.ts";
import { ScreenLink } from "./ScreenLink.tsx";

type Opened<D extends Managed, V extends Values> =
  | { status: "loading" }
  | { status: "failed"; refusal: Refusal }
  | { status: "ready"; form: Form<D, V> };

interface OpeningProps<D extends Managed, V extends Values> {
  spec: FormSpec<D, V>;
  /** `new`: nothing is read. */
  id: string;
  list: Screen;
  children(form: Form<D, V>): ComponentChildren;
}

/** Reads one document and gives its form to what is inside. Failed and gone are said, with a way on. */
export function Opening<D extends Managed, V extends Values>({ spec, id, list, children }: OpeningProps<D, V>) {
  const words = useManagingWords();
  const [opened, setOpened] = useState<Opened<D, V>>({ status: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isHere = true;
    const ready = (document: D | null) => setOpened({ status: "ready", form: createForm(spec, document) });
    setOpened({ status: "loading" });
    if (id === "new") ready(null);
    else
      void spec.resource.get(id).then((answer) => {
        if (isHere) answer.ok ? ready(answer.body) : setOpened({ status: "failed", refusal: answer });
      });
    return () => {
      isHere = false;
    };
  }, [id, attempt]);

  switch (opened.status) {
    case "loading":
      return <div class="console-empty" aria-busy="true" />;
    case "failed":
      return (
        <div class="console-message" role="alert">
          <p>{opened.refusal.code === "not_found" ? words.documentGone : words.documentFailed}</p>
          <p>
            {opened.refusal.code !== "not_found" && (
              <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
                {words.retry}
              </button>
            )}{" "}
            <ScreenLink to={list} class="button">
              {words.toList}
            </ScreenLink>
          </p>
        </div>
      );
    case "ready":
      return <>{children(opened.form)}</>;
  }
}
