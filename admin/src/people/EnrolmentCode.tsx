import { useEffect, useState } from "preact/hooks";
import type { Device } from "../../../server/protocol/resources.ts";
import { Countdown } from "../../../ui/parts/Countdown.tsx";
import { Dialog } from "../../../ui/parts/Dialog.tsx";
import { TickIcon } from "../../../ui/parts/icons.tsx";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { deviceWords } from "./deviceWords.ts";

interface EnrolmentCodeProps {
  /** As it was answered with its code. */
  device: Device;
  devices: Resource<Device>;
  onClose(): void;
}

/** Whoever types the code looks up soon after: by then it should be said. */
const LOOK_EVERY_MS = 1_500;

/** A code to carry to a device, large enough to read across a lobby; says so when the device has come. */
export function EnrolmentCode({ device: first, devices, onClose }: EnrolmentCodeProps) {
  const { api } = useDesk();
  const words = useWordsOf(deviceWords);
  const notices = useNotices();
  const [device, setDevice] = useState(first);
  const [endsAt, setEndsAt] = useState(() => endOf(first));
  const [phase, setPhase] = useState<"waiting" | "over" | "connected">("waiting");

  useEffect(() => {
    if (phase !== "waiting") return;
    const look = async () => {
      const now = await devices.get(device.id);
      // Setting up anew: it was connected before, too, and has changed since.
      if (now.ok && now.body.status === "active" && now.body.version > device.version) setPhase("connected");
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [phase, device, devices]);

  async function again(): Promise<void> {
    const renewed = await api.post<Device>(`/devices/${device.id}/enrolment-code`, undefined);
    if (!renewed.ok) return notices.say(words.codeFailed, "bad");
    setDevice(renewed.body);
    setEndsAt(endOf(renewed.body));
    setPhase("waiting");
  }

  return (
    <Dialog
      title={words.codeTitle(device.name)}
      testId="enrolment"
      onClose={onClose}
      actions={
        <>
          {phase === "over" && (
            <button type="button" class="button" data-testid="code-again" onClick={() => void again()}>
              {words.codeAgain}
            </button>
          )}
          <button type="button" class="button primary" data-testid="code-done" onClick={onClose}>
            {words.done}
          </button>
        </>
      }
    >
      {phase === "connected" ? (
        <p class="enrolment-done" role="status" data-testid="connected">
          <TickIcon />
          {words.codeDone(device.name)}
        </p>
      ) : (
        <>
          <p>{words.codeText[device.kind]}</p>
          <p class={phase === "over" ? "enrolment-code over" : "enrolment-code"} data-testid="enrolment-code">
            {device.enrolmentCode}
          </p>
          {phase === "over" ? (
            <p role="alert">{words.codeOver}</p>
          ) : (
            <div class="enrolment-wait">
              <Countdown endsAt={endsAt} label={words.codeLeft} onEnd={() => setPhase("over")} />
              <p class="soft" role="status">
                {words.codeWaiting}
              </p>
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}

/** By this browser's clock: the span is the server's own, whatever either clock says. */
function endOf({ enrolmentExpiresAt = "", updatedAt }: Device): number {
  return Date.now() + Math.max(0, Date.parse(enrolmentExpiresAt) - Date.parse(updatedAt));
}
