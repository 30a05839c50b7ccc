import { Component, type ComponentChildren } from "preact";
import { en } from "../words/en.ts";
import { es } from "../words/es.ts";

export interface FailurePanelProps {
  onRestart(): void;
}

/** What stands there instead of a blank page. Needs no context: what provides it may be what failed. */
export function FailurePanel({ onRestart }: FailurePanelProps) {
  const words = document.documentElement.lang === "en" ? en : es;
  return (
    <main class="failure" data-testid="failure">
      <div role="alert">
        <h1>{words.failureTitle}</h1>
        <p>{words.failureText}</p>
      </div>
      <button type="button" class="button primary" onClick={onRestart}>
        {words.failureAction}
      </button>
    </main>
  );
}

interface BoundaryProps extends FailurePanelProps {
  children: ComponentChildren;
  onFailure?(error: unknown): void;
}

/** Catches what a screen throws while it is drawn. */
export class FailureBoundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: true });
    this.props.onFailure?.(error);
  }

  override render({ children, onRestart }: BoundaryProps, { failed }: { failed: boolean }) {
    return failed ? <FailurePanel onRestart={onRestart} /> : children;
  }
}
