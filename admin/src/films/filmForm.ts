import type { Film, FilmStatus } from "../../../server/protocol/resources.ts";
import type { Body, FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";

export const FILM_STATUSES: readonly FilmStatus[] = ["draft", "showing", "archived"];

/** A film as it is edited: text as typed. */
export type FilmValues = {
  title: string;
  originalTitle: string;
  durationMinutes: string;
  genreIds: readonly string[];
  certificate: string;
  language: string;
  releaseDate: string;
  director: string;
  synopsis: string;
  posterUrl: string;
  status: string;
};

/** As the API has it: hours of film that nobody makes are a typing error. */
const MINUTES_MAX = 1000;

export function filmSpec(resource: Resource<Film>): FormSpec<Film, FilmValues> {
  return { resource, valuesOf: filmValues, bodyOf: filmBody, faultsOf: filmFaults };
}

export function filmValues(film: Film | null): FilmValues {
  return {
    title: film?.title ?? "",
    originalTitle: film?.originalTitle ?? "",
    durationMinutes: film === null ? "" : String(film.durationMinutes),
    genreIds: film?.genreIds ?? [],
    certificate: film?.certificate ?? "",
    language: film?.language ?? "",
    releaseDate: film?.releaseDate ?? "",
    director: film?.director ?? "",
    synopsis: film?.synopsis ?? "",
    posterUrl: film?.posterUrl ?? "",
    status: film?.status ?? "draft",
  };
}

export function filmBody(values: FilmValues): Body {
  const optional = ["originalTitle", "certificate", "language", "releaseDate", "director", "synopsis", "posterUrl"];
  const body: Body = {
    title: values.title.trim(),
    durationMinutes: Number(values.durationMinutes),
    genreIds: values.genreIds,
    status: values.status,
  };
  for (const name of optional as (keyof FilmValues)[]) {
    const text = String(values[name]).trim();
    if (text !== "") body[name] = text;
  }
  return body;
}

/** Faults by field, each the name of its text in the words. */
export function filmFaults(values: FilmValues): Record<string, string> {
  const faults: Record<string, string> = {};
  if (values.title.trim() === "") faults.title = "required";
  const minutes = Number(values.durationMinutes);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MINUTES_MAX) faults.durationMinutes = "minutes";
  const url = values.posterUrl.trim();
  if (url !== "" && !isWebAddress(url)) faults.posterUrl = "url";
  return faults;
}

function isWebAddress(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
