import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SeatLook, SeatLooks } from "../live/looks.ts";
import { useLook } from "../look.ts";
import type { ChartGeometry } from "./geometry.ts";
import type { Viewport } from "./viewport.ts";

interface OverviewProps {
  viewport: Viewport;
  looks: SeatLooks;
  geometry: ChartGeometry;
}

/** Longest side of the little picture, in CSS pixels. */
const WIDTH_PX = 168;
const COLOURS: Record<SeatLook, string> = {
  free: "--seat-free-line",
  mine: "--seat-mine",
  held: "--seat-held-line",
  sold: "--seat-sold",
  blocked: "--seat-sold",
};

/** The whole room as dots, with a frame around what is in sight; a touch moves there. Only while zoomed in. */
export function Overview({ viewport, looks, geometry }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { theme } = useLook();
  const shown = viewport.zoom.value > 1.05;
  const height = Math.round((WIDTH_PX * geometry.height) / geometry.width);

  const draw = () => {
    if (canvas.current) paint(canvas.current, looks, geometry, viewport.window.peek());
  };
  useEffect(() => {
    if (!shown) return;
    let frame = 0;
    const stop = looks.watch(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(draw);
    });
    draw();
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  });
  useSignalEffect(() => {
    void viewport.window.value;
    void theme.value;
    draw();
  });

  if (!shown) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a shortcut for the eye that takes no focus; the keyboard moves seat by seat
    <canvas
      ref={canvas}
      class="seatmap-overview"
      width={WIDTH_PX * 2}
      height={height * 2}
      aria-hidden="true"
      onClick={(event) => {
        const area = event.currentTarget.getBoundingClientRect();
        viewport.moveTo((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
      }}
    />
  );
}

function paint(canvas: HTMLCanvasElement, looks: SeatLooks, geometry: ChartGeometry, frame: DOMRectInit): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const style = getComputedStyle(canvas);
  const scale = canvas.width / geometry.width;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  geometry.spots.forEach((spot, index) => {
    pen.fillStyle = style.getPropertyValue(COLOURS[looks.look(index)]);
    pen.fillRect((spot.x - 13) * scale, (spot.y - 13) * scale, 26 * scale, 26 * scale);
  });
  pen.strokeStyle = style.getPropertyValue("--accent");
  pen.lineWidth = 4;
  const { x = 0, y = 0, width = 1, height = 1 } = frame;
  pen.strokeRect(x * canvas.width + 2, y * canvas.height + 2, width * canvas.width - 4, height * canvas.height - 4);
}
