/** What is shown and where: genres, films, auditoriums and their layouts, ticket types. */
import type { FilmFacts, Seat } from "../../protocol/resources.ts";
import type { Stored } from "../port.ts";
import { collection, type Dated } from "./declare.ts";

export interface GenreDoc extends Dated {
  name: string;
  /** Folded name, see `foldText`: unique whatever the case. */
  nameKey: string;
}
export const genres = collection<GenreDoc>("genres", { name: { fields: ["nameKey"], unique: true } });

export interface FilmDoc extends Dated, FilmFacts {
  /** Folded title, see `indexKey`. */
  titleKey: string;
  /**
   * What search finds it by, see `beginningsOf`; while it is showing, also all of them after `SHOWN`, so that
   * everyone's searches never read what is put away. Absent when there is no letter in it.
   */
  beginnings?: string[];
  /** Absent when the film has no genre: indexes know no empty arrays. */
  genreIds?: string[];
}
export const SHOWN = "+";
export const films = collection<FilmDoc>("films", {
  title: { fields: ["titleKey"] },
  status: { fields: ["status", "titleKey"] },
  genre: { fields: ["genreIds", "titleKey"] },
  genreAndStatus: { fields: ["status", "genreIds", "titleKey"] },
  words: { fields: ["beginnings", "titleKey"] },
});

export interface AuditoriumDoc extends Dated {
  name: string;
  nameKey: string;
  chart: string;
  /** Goes up whenever the chart changes. */
  layoutVersion: number;
}
export const auditoriums = collection<AuditoriumDoc>("auditoriums", { name: { fields: ["nameKey"], unique: true } });

/** The seats of one version of a chart. Never changed once written, so it may be cached for ever. */
export interface LayoutDoc extends Stored {
  auditoriumId: string;
  layoutVersion: number;
  seats: Seat[];
}
export const layouts = collection<LayoutDoc>("layouts", {
  auditorium: { fields: ["auditoriumId", "layoutVersion"], unique: true },
});

export interface TicketTypeDoc extends Dated {
  name: string;
  nameKey: string;
  order: number;
  active: boolean;
}
export const ticketTypes = collection<TicketTypeDoc>("ticketTypes", {
  name: { fields: ["nameKey"], unique: true },
  order: { fields: ["order"] },
});
