import type { Document } from "./document.ts";
import type { SeatCounts } from "./states.ts";

export interface Genre extends Document {
  name: string;
}

export type FilmStatus = "draft" | "showing" | "archived";

/** What is said of a film, whoever keeps it. */
export interface FilmFacts {
  title: string;
  originalTitle?: string;
  synopsis?: string;
  durationMinutes: number;
  certificate?: string;
  language?: string;
  releaseDate?: string;
  director?: string;
  posterUrl?: string;
  status: FilmStatus;
}

export interface Film extends Document, FilmFacts {
  genreIds: string[];
  /** Only where asked for: what is still to come, soonest first. */
  showtimes?: FilmShowtime[];
}

export interface FilmShowtime {
  id: string;
  startsAt: string;
  auditorium: { id: string; name: string };
  attributes: string[];
  counts: SeatCounts;
}

export type SeatKind = "standard" | "vip" | "wheelchair" | "companion";
export type Zone = "standard" | "vip";

/** A seat on the chart: `x` counts places from the left, `y` rows from the screen, both from 0, aisles included. */
export interface Seat {
  id: string;
  row: string;
  number: number;
  kind: SeatKind;
  zone: Zone;
  x: number;
  y: number;
}

export interface Auditorium extends Document {
  name: string;
  chart: string;
  capacity: number;
  seats: Seat[];
}

export interface TicketType extends Document {
  name: string;
  order: number;
  active: boolean;
}
