/** One page of a list; `nextCursor` asks for the next. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** What every document carries besides its own fields. */
export interface Document {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
}
