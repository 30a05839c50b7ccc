import { z } from "zod";
import { line } from "./paging.ts";

export const genreInput = z.strictObject({ name: line(100) });
export type GenreInput = z.output<typeof genreInput>;
