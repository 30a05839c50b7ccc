import { useMemo } from "preact/hooks";
import { POSTER_HEIGHT, POSTER_WIDTH, posterArt, setTitle } from "./posterArt.ts";
import { MOTIF_MIDDLE, MOTIFS } from "./posterMotifs.tsx";

export interface PosterProps {
  title: string;
  /** The first genre's name; decides colour and composition. */
  genre: string;
  year?: string;
  director?: string;
  posterUrl?: string;
}

/** A film's poster: the licensed picture when there is one, else drawn from its title. Decorative: the title stands beside it. */
export function Poster({ title, genre, year, director, posterUrl }: PosterProps) {
  const art = useMemo(() => posterArt(title, genre), [title, genre]);
  const set = useMemo(() => setTitle(title, POSTER_WIDTH - 36, 124, 46), [title]);
  if (posterUrl) return <img class="poster" src={posterUrl} alt="" loading="lazy" decoding="async" />;
  const { palette, motif, chance, mirrored } = art;
  const lineHeight = set.size * 1;
  const foot = POSTER_HEIGHT - 44;
  const ground = foot - set.lines.length * lineHeight - 26;
  // A tall title leaves less room: the picture rises into the middle of what is left.
  const rise = Math.min(0, ground / 2 - MOTIF_MIDDLE);
  return (
    <svg class="poster" viewBox={`0 0 ${POSTER_WIDTH} ${POSTER_HEIGHT}`} aria-hidden="true">
      <rect width={POSTER_WIDTH} height={POSTER_HEIGHT} fill={palette.ground} />
      <g transform={`translate(${mirrored ? POSTER_WIDTH : 0} ${rise.toFixed(1)}) scale(${mirrored ? -1 : 1} 1)`}>
        {MOTIFS[motif](palette, chance)}
      </g>
      <rect x="-1" y={ground} width={POSTER_WIDTH + 2} height={POSTER_HEIGHT} fill={palette.ground} />
      <rect x="18" y={ground + 12} width="28" height="4" fill={palette.spark} />
      {set.lines.map((line, index) => (
        <text
          key={line}
          x="18"
          y={foot - (set.lines.length - 1 - index) * lineHeight}
          class="poster-title"
          font-size={set.size.toFixed(1)}
          fill={palette.ink}
        >
          {line}
        </text>
      ))}
      <text x="18" y={POSTER_HEIGHT - 19} class="poster-small" fill={palette.ink}>
        {(director ?? genre).slice(0, 24)}
      </text>
      {year && (
        <text x={POSTER_WIDTH - 18} y={POSTER_HEIGHT - 19} class="poster-small end" fill={palette.ink}>
          {year}
        </text>
      )}
    </svg>
  );
}
