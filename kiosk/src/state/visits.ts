import { type ReadonlySignal, signal } from "@preact/signals";
import type { DeviceSession } from "../../../ui/connection/device.ts";
import type { Link } from "../../../ui/connection/link.ts";
import { untilAnswered } from "./answered.ts";

/** The visits to a kiosk, one after the other. */
export interface Visits {
  /** Between two visits the old socket may still be open: nobody begins on it. */
  between: ReadonlySignal<boolean>;
  /** Begins the next one, on a link of its own. False: the device has to be enrolled. */
  next(device: DeviceSession): Promise<boolean>;
}

export function createVisits(link: Pick<Link, "restart">): Visits {
  const between = signal(false);
  return {
    between,
    async next(device) {
      between.value = true;
      const visit = await untilAnswered(() => device.nextVisit());
      if (visit.ok) link.restart();
      between.value = false;
      return visit.ok;
    },
  };
}
