import { Component, createRef } from "preact";
import type { SeatLooks } from "../live/looks.ts";
import type { ChartGeometry } from "./geometry.ts";
import { bodyPath, markPath } from "./marks.ts";
import type { SeatNamer } from "./names.ts";

export interface SeatLayerProps {
  looks: SeatLooks;
  geometry: ChartGeometry;
  name: SeatNamer;
  /** The accessible name of the grid. */
  label: string;
  describedBy?: string;
  /** The seat that Tab leads to at first. */
  start: number;
}

/**
 * All seats, drawn once. Afterwards a change patches the elements of its own seats: a thousand seats and
 * fifty changes a second never go through a render.
 */
export class SeatLayer extends Component<SeatLayerProps> {
  private readonly grid = createRef<SVGGElement>();
  private elements: SVGGElement[] = [];
  private stop: () => void = () => undefined;

  override shouldComponentUpdate(next: SeatLayerProps): boolean {
    return next.looks !== this.props.looks || next.name !== this.props.name || next.label !== this.props.label;
  }

  override componentDidMount(): void {
    this.attach();
  }

  override componentDidUpdate(): void {
    this.attach();
  }

  override componentWillUnmount(): void {
    this.stop();
  }

  private attach(): void {
    this.stop();
    this.elements = [];
    for (const element of this.grid.current?.querySelectorAll<SVGGElement>("[data-index]") ?? [])
      this.elements[Number(element.dataset.index)] = element;
    // Attributes may have been patched since the last render: all of them are written again.
    this.props.looks.seats.forEach((_, index) => {
      this.patch(index);
    });
    this.stop = this.props.looks.watch((indexes) => {
      for (const index of indexes) this.patch(index);
    });
  }

  private patch(index: number): void {
    const element = this.elements[index];
    const seat = this.props.looks.seats[index];
    if (!element || !seat) return;
    const look = this.props.looks.look(index);
    if (element.dataset.look === look && element.hasAttribute("aria-label")) return;
    element.dataset.look = look;
    element.setAttribute("aria-label", this.props.name(seat, look));
    element.setAttribute("aria-selected", String(look === "mine"));
    element.setAttribute("aria-disabled", String(look !== "free" && look !== "mine"));
    element.children[0]?.setAttribute("d", bodyPath(seat.kind, look));
    element.children[1]?.setAttribute("d", markPath(seat.kind, look));
  }

  override render({ looks, geometry, name, label, describedBy, start }: SeatLayerProps) {
    const seatOf = (index: number) => {
      const seat = looks.seats[index];
      const spot = geometry.spots[index];
      if (!seat || !spot) return null;
      const look = looks.look(index);
      const turn = `translate(${spot.x.toFixed(1)} ${spot.y.toFixed(1)}) rotate(${spot.tilt.toFixed(1)})`;
      return (
        // biome-ignore lint/a11y/useSemanticElements: a table cell can't stand on a drawn chart
        <g
          key={seat.id}
          class="seat"
          role="gridcell"
          tabindex={index === start ? 0 : -1}
          transform={turn}
          data-index={index}
          data-seat={seat.id}
          data-kind={seat.kind}
          data-look={look}
          aria-label={name(seat, look)}
          aria-selected={look === "mine"}
          aria-disabled={look !== "free" && look !== "mine"}
        >
          <path class="seat-body" d={bodyPath(seat.kind, look)} />
          <path class="seat-mark" d={markPath(seat.kind, look)} />
          {seat.kind === "standard" || seat.kind === "vip" ? (
            <text class="seat-number" y="2">
              {seat.number}
            </text>
          ) : null}
        </g>
      );
    };
    return (
      // biome-ignore lint/a11y/useSemanticElements: a table can't stand on a drawn chart
      <g ref={this.grid} role="grid" aria-label={label} aria-describedby={describedBy} aria-multiselectable="true">
        {geometry.rows.map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: a table row can't stand on a drawn chart
          <g key={row.label} role="row">
            {row.seats.map(seatOf)}
          </g>
        ))}
      </g>
    );
  }
}
