import type { ComponentChildren } from "preact";
import type { Purchase } from "../state/purchase.ts";
import { useShop } from "./context.ts";
import { PurchaseDock } from "./Dock.tsx";
import { Frame } from "./Frame.tsx";
import { ShowtimeLine } from "./ShowtimeLine.tsx";

interface PurchaseStepProps {
  purchase: Purchase;
  name: string;
  title: string;
  /** The one action that leads on; without the server there is none. */
  action: { testId: string; label: ComponentChildren; isReady: boolean; onGo(): void };
  children: ComponentChildren;
}

/** One question of a purchase: what for, the way back, and the way on below. */
export function PurchaseStep({ purchase, name, title, action, children }: PurchaseStepProps) {
  const shop = useShop();
  return (
    <Frame
      name={name}
      title={title}
      back
      intro={<ShowtimeLine showtime={purchase.showtime.value} />}
      dock={
        <PurchaseDock purchase={purchase}>
          <button
            type="button"
            class="button primary"
            data-testid={action.testId}
            disabled={!shop.able.value || !action.isReady}
            onClick={action.onGo}
          >
            {action.label}
          </button>
        </PurchaseDock>
      }
    >
      {children}
    </Frame>
  );
}
