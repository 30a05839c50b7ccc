import { type ReadonlySignal, signal } from "@preact/signals";
import { CELL, type ChartGeometry } from "./geometry.ts";

/**
 * How much of a room is seen: the drawing grows inside a scrolling box, so that panning is the
 * browser's own. Zoom 1 shows the whole room.
 */
export interface Viewport {
  zoom: ReadonlySignal<number>;
  /** The most that helps: a seat as wide as a thumb. At 1 there is nothing to zoom. */
  maxZoom: ReadonlySignal<number>;
  /** The part of the drawing in sight, as fractions of it. */
  window: ReadonlySignal<{ x: number; y: number; width: number; height: number }>;
  /** Zooms around a point of the page; the middle when left out. */
  zoomBy(factor: number, at?: { x: number; y: number }): void;
  whole(): void;
  /** Brings a point of the drawing (as fractions) to the middle. */
  moveTo(x: number, y: number): void;
  /** Where a point of the page lies on the drawing, in its units. */
  locate(clientX: number, clientY: number): { x: number; y: number };
  /** Side of a seat's place on screen, in CSS pixels. */
  cellPixels(): number;
  close(): void;
}

/** A comfortable seat under a thumb, in CSS pixels. */
const THUMB_PX = 76;
/** Below this many CSS pixels per place, numbers on seats are only noise. */
const READABLE_PX = 24;
/** One notch of a wheel. */
const WHEEL_STEP = 1.18;

/** Where a drawing may go, in CSS pixels. */
export interface Space {
  width: number;
  height: number;
}

/** CSS pixels per unit of a drawing that is seen whole. */
export function fitScale(space: Space, geometry: Space): number {
  return Math.min(space.width / geometry.width, space.height / geometry.height) || 1;
}

/** The size of a drawing, in whole CSS pixels. */
export function drawnSize(geometry: Space, scale: number): Space {
  return { width: Math.floor(geometry.width * scale), height: Math.floor(geometry.height * scale) };
}

export function createViewport(box: HTMLElement, drawing: SVGSVGElement, geometry: ChartGeometry): Viewport {
  const zoom = signal(1);
  const maxZoom = signal(1);
  const inSight = signal({ x: 0, y: 0, width: 1, height: 1 });
  let wholeScale = 1;
  let isSeen = false;

  function measure(): void {
    wholeScale = fitScale({ width: box.clientWidth, height: box.clientHeight }, geometry);
    maxZoom.value = Math.max(1, THUMB_PX / (CELL * wholeScale));
    zoom.value = Math.min(zoom.peek(), maxZoom.peek());
    resize();
  }

  function resize(): void {
    const { width, height } = drawnSize(geometry, wholeScale * zoom.peek());
    drawing.style.width = `${width}px`;
    drawing.style.height = `${height}px`;
    showNumbers();
    look();
  }

  /** Not before the first picture is seen: text on a thousand seats is the slowest part of drawing them. */
  function showNumbers(): void {
    if (isSeen) drawing.dataset.numbers = CELL * wholeScale * zoom.peek() < READABLE_PX ? "hidden" : "shown";
  }
  const firstPicture = requestAnimationFrame(() =>
    setTimeout(() => {
      isSeen = true;
      showNumbers();
    }),
  );

  function look(): void {
    const width = drawing.clientWidth || 1;
    const height = drawing.clientHeight || 1;
    inSight.value = {
      x: box.scrollLeft / width,
      y: box.scrollTop / height,
      width: Math.min(1, box.clientWidth / width),
      height: Math.min(1, box.clientHeight / height),
    };
  }

  function locate(clientX: number, clientY: number) {
    const area = drawing.getBoundingClientRect();
    return {
      x: ((clientX - area.left) / area.width) * geometry.width,
      y: ((clientY - area.top) / area.height) * geometry.height,
    };
  }

  function setZoom(next: number, at: { x: number; y: number }): void {
    const point = locate(at.x, at.y);
    zoom.value = Math.min(maxZoom.peek(), Math.max(1, next));
    resize();
    const area = drawing.getBoundingClientRect();
    box.scrollLeft += area.left + (point.x / geometry.width) * area.width - at.x;
    box.scrollTop += area.top + (point.y / geometry.height) * area.height - at.y;
    look();
  }

  function middle() {
    const area = box.getBoundingClientRect();
    return { x: area.left + area.width / 2, y: area.top + area.height / 2 };
  }

  const zoomBy = (factor: number, at = middle()) => setZoom(zoom.peek() * factor, at);
  const stopGestures = listenForZoom(box, zoomBy, (factor) => {
    const next = zoom.peek() * factor;
    return next >= 1 && next <= maxZoom.peek() * WHEEL_STEP && maxZoom.peek() > 1;
  });
  const observer = new ResizeObserver(measure);
  observer.observe(box);
  box.addEventListener("scroll", look, { passive: true });
  measure();

  return {
    zoom,
    maxZoom,
    window: inSight,
    zoomBy,
    whole: () => setZoom(1, middle()),
    moveTo(x, y) {
      box.scrollLeft = x * drawing.clientWidth - box.clientWidth / 2;
      box.scrollTop = y * drawing.clientHeight - box.clientHeight / 2;
    },
    locate,
    cellPixels: () => CELL * wholeScale * zoom.peek(),
    close() {
      cancelAnimationFrame(firstPicture);
      observer.disconnect();
      stopGestures();
      box.removeEventListener("scroll", look);
    },
  };
}

type ZoomBy = (factor: number, at: { x: number; y: number }) => void;

/** Wheel and two fingers. A wheel that can't zoom any further scrolls the page as everywhere. */
function listenForZoom(box: HTMLElement, zoomBy: ZoomBy, useful: (factor: number) => boolean): () => void {
  let spread = 0;
  const onWheel = (event: WheelEvent) => {
    const factor = event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP;
    if (event.shiftKey || !useful(factor)) return;
    event.preventDefault();
    zoomBy(factor, { x: event.clientX, y: event.clientY });
  };
  const onTouch = (event: TouchEvent) => {
    const [one, two] = event.touches;
    if (!one || !two) {
      spread = 0;
      return;
    }
    event.preventDefault();
    const next = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    if (spread > 0) zoomBy(next / spread, { x: (one.clientX + two.clientX) / 2, y: (one.clientY + two.clientY) / 2 });
    spread = next;
  };
  const stop = new AbortController();
  const options = { passive: false, signal: stop.signal };
  box.addEventListener("wheel", onWheel, options);
  for (const name of ["touchstart", "touchmove", "touchend"] as const) box.addEventListener(name, onTouch, options);
  return () => stop.abort();
}
