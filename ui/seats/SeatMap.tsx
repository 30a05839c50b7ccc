import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SeatLooks } from "../live/looks.ts";
import { useLook } from "../look.ts";
import { MinusIcon, PlusIcon, WholeIcon } from "../parts/icons.tsx";
import { layOut, seatAt } from "./geometry.ts";
import type { SeatNamer } from "./names.ts";
import { Overview } from "./Overview.tsx";
import { SeatLayer } from "./SeatLayer.tsx";
import { createStepper } from "./steps.ts";
import { createViewport, drawnSize, fitScale, type Space, type Viewport } from "./viewport.ts";

export interface SeatMapProps {
  looks: SeatLooks;
  name: SeatNamer;
  /** Called for a tap, Enter or Space on any seat, whatever its look. */
  onPick(index: number): void;
  /** Called when keyboard or pointer reach a seat: for consoles that show details. */
  onReach?(index: number): void;
}

/** Below this many CSS pixels a seat is too small for a finger: the first touch comes closer instead. */
const FINGER_PX = 30;
/** How close that touch comes: seats that a finger can tell apart. */
const CLOSE_PX = 48;
const BUTTON_STEP = 1.5;

/** The map of a room: drawing, keyboard, zoom. */
export function SeatMap({ looks, name, onPick, onReach }: SeatMapProps) {
  const { words } = useLook();
  const helpId = useId();
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const [viewport, setViewport] = useState<Viewport | null>(null);
  // Measured before anything is drawn, and kept: rows must not move under a finger when a banner appears.
  const [space, setSpace] = useState<Space | null>(null);
  const geometry = useMemo(() => layOut(looks.seats, space ? space.width / space.height : undefined), [looks, space]);
  const stepper = useMemo(() => createStepper(looks.seats), [looks.seats]);
  const start = useMemo(
    () => seatAt(geometry, geometry.width / 2, geometry.height * 0.6, geometry.width) ?? 0,
    [geometry],
  );

  useLayoutEffect(() => {
    if (box.current) setSpace({ width: box.current.clientWidth, height: Math.max(1, box.current.clientHeight) });
  }, []);
  // Before the first paint: a drawing that is measured afterwards jumps once under the guest's eyes.
  useLayoutEffect(() => {
    if (!box.current || !drawing.current) return;
    const created = createViewport(box.current, drawing.current, geometry);
    setViewport(created);
    return () => created.close();
  }, [geometry, space === null]);

  function reach(index: number): void {
    const grid = drawing.current;
    const next = grid?.querySelector<SVGGElement>(`[data-index="${index}"]`);
    grid?.querySelector('[data-index][tabindex="0"]')?.setAttribute("tabindex", "-1");
    next?.setAttribute("tabindex", "0");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent): void {
    const index = indexOf(event.target);
    if (index === null) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick(index);
      return;
    }
    const next = stepper(index, event.key, event.ctrlKey);
    if (next === null || event.altKey || event.metaKey) return;
    event.preventDefault();
    reach(next);
  }

  function onClick(event: MouseEvent): void {
    if (!viewport) return;
    const touched = "pointerType" in event && event.pointerType === "touch";
    if (touched && viewport.cellPixels() < FINGER_PX && viewport.maxZoom.value > 1.2) {
      viewport.zoomBy(CLOSE_PX / viewport.cellPixels(), { x: event.clientX, y: event.clientY });
      return;
    }
    const point = viewport.locate(event.clientX, event.clientY);
    const index = indexOf(event.target) ?? seatAt(geometry, point.x, point.y);
    if (index === null) return;
    reach(index);
    onPick(index);
  }

  return (
    <div class="seatmap">
      <p id={helpId} class="hidden">
        {words.value.seatMapHelp}
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only listens for what its cells receive */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the cells' onKeyDown below */}
      <div class="seatmap-box" ref={box} onClick={onClick} data-testid="seatmap">
        {space !== null && (
          // biome-ignore lint/a11y/noSvgWithoutTitle: the grid inside carries the name
          <svg
            ref={drawing}
            class="seatmap-drawing"
            {...drawnSize(geometry, fitScale(space, geometry))}
            viewBox={`0 0 ${geometry.width.toFixed(0)} ${geometry.height.toFixed(0)}`}
            onKeyDown={onKeyDown}
            onFocusCapture={(event) => {
              const index = indexOf(event.target);
              if (index !== null) onReach?.(index);
            }}
          >
            <RoomLines geometry={geometry} screenWord={words.value.screen} />
            <SeatLayer
              looks={looks}
              geometry={geometry}
              name={name}
              label={words.value.seatMap}
              describedBy={helpId}
              start={start}
            />
          </svg>
        )}
      </div>
      {viewport && <ZoomBar viewport={viewport} />}
      {viewport && <Overview viewport={viewport} looks={looks} geometry={geometry} />}
    </div>
  );
}

/** Screen, its light, and row letters at both sides: for the eye alone, seats carry their row by name. */
function RoomLines({ geometry, screenWord }: { geometry: ReturnType<typeof layOut>; screenWord: string }) {
  const { screen } = geometry;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of lines takes no focus
    <g aria-hidden="true">
      <defs>
        <linearGradient id="screen-light" x1="0" y1="0" x2="0" y2="1">
          <stop class="screen-light-near" offset="0" />
          <stop class="screen-light-far" offset="1" />
        </linearGradient>
      </defs>
      <path class="screen-light" d={screen.light} fill="url(#screen-light)" />
      <path class="screen-halo" d={screen.line} />
      <path class="screen-line" d={screen.line} />
      <text class="screen-word" x={screen.x} y={screen.labelY}>
        {screenWord}
      </text>
      {geometry.rows.map((row) => (
        <g key={row.label} class="row-letter">
          <text x={row.left.x} y={row.left.y}>
            {row.label}
          </text>
          <text x={row.right.x} y={row.right.y}>
            {row.label}
          </text>
        </g>
      ))}
    </g>
  );
}

function ZoomBar({ viewport }: { viewport: Viewport }) {
  const words = useLook().words.value;
  if (viewport.maxZoom.value < 1.15) return null;
  const zoom = viewport.zoom.value;
  return (
    <div class="seatmap-zoom">
      {viewport.cellPixels() < FINGER_PX && <p class="seatmap-hint soft">{words.touchToZoom}</p>}
      <button
        type="button"
        class="icon-button"
        aria-label={words.zoomIn}
        disabled={zoom >= viewport.maxZoom.value}
        onClick={() => viewport.zoomBy(BUTTON_STEP)}
      >
        <PlusIcon />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={words.zoomOut}
        disabled={zoom <= 1}
        onClick={() => viewport.zoomBy(1 / BUTTON_STEP)}
      >
        <MinusIcon />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={words.zoomAll}
        disabled={zoom <= 1}
        onClick={() => viewport.whole()}
      >
        <WholeIcon />
      </button>
    </div>
  );
}

function indexOf(target: EventTarget | null): number | null {
  const seat = target instanceof Element ? target.closest<SVGElement>("[data-index]") : null;
  return seat ? Number(seat.dataset.index) : null;
}
