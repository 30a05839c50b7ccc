import type { JSX } from "preact";
import { type Motif, type Palette, POSTER_WIDTH } from "./posterArt.ts";

const W = POSTER_WIDTH;
/** Motifs fill the upper part down to here; the title's own ground covers the rest. */
const H = 300;
/** About where what one looks at stands in all of them. */
export const MOTIF_MIDDLE = 112;
const steps = (count: number) => Array.from({ length: count }, (_, index) => index);

export const MOTIFS: Record<Motif, (palette: Palette, chance: number) => JSX.Element> = {
  slashes: (p, chance) => (
    <g>
      {steps(6).map((i) => {
        const x = -80 + i * 62 + chance * 30;
        const wide = 10 + ((i * 7 + chance * 20) % 26);
        return (
          <path
            key={i}
            d={`M${x} ${H}L${x + 170} 0h${wide}L${x + wide} ${H}Z`}
            fill={i % 3 === 1 ? p.shape : i % 3 === 2 ? p.deep : p.spark}
            opacity={i % 3 === 0 ? 0.85 : 1}
          />
        );
      })}
    </g>
  ),
  horizon: (p, chance) => (
    <g>
      <circle cx={60 + chance * 120} cy="92" r="46" fill={p.spark} />
      <path d={`M0 190L${50 + chance * 30} 96L120 172L${168 + chance * 20} 84L240 180V${H}H0Z`} fill={p.shape} />
      <path d={`M0 220L70 ${150 + chance * 30}L140 214L200 160L240 204V${H}H0Z`} fill={p.deep} />
    </g>
  ),
  arcs: (p, chance) => (
    <g>
      <path d={`M0 0H${W}V${H}H0Z`} fill={p.deep} opacity="0.16" />
      {steps(5).map((i) => (
        <circle
          key={i}
          cx={chance > 0.5 ? W : 0}
          cy="40"
          r={210 - i * 40}
          fill={[p.deep, p.shape, p.spark, p.ground, p.shape][i]}
        />
      ))}
    </g>
  ),
  confetti: (p, chance) => (
    <g>
      <circle cx="120" cy="110" r="84" fill={p.shape} />
      <path d="M70 112a50 50 0 0 0 100 0Z" fill={p.spark} />
      <circle cx="92" cy="82" r="11" fill={p.ink} />
      <circle cx="148" cy="82" r="11" fill={p.ink} />
      {steps(9).map((i) => (
        <rect
          key={i}
          x={(i * 67 + chance * 200) % 230}
          y={(i * 41 + chance * 90) % 200}
          width="16"
          height="6"
          fill={i % 2 ? p.deep : p.spark}
          transform={`rotate(${(i * 53 + chance * 90) % 180} ${(i * 67 + chance * 200) % 230} ${(i * 41 + chance * 90) % 200})`}
        />
      ))}
    </g>
  ),
  eye: (p, chance) => (
    <g>
      {steps(13).map((i) => (
        <path
          key={i}
          d={`M${i * 20 - 6} 0l${6 + chance * 4} ${80 + ((i * 47) % 90)}l6-${80 + ((i * 47) % 90)}z`}
          fill={p.deep}
        />
      ))}
      <path d="M18 138Q120 44 222 138Q120 232 18 138Z" fill={p.shape} />
      <circle cx="120" cy="138" r="44" fill={p.spark} />
      <ellipse cx="120" cy="138" rx={8 + chance * 14} ry="42" fill={p.ground} />
    </g>
  ),
  beams: (p, chance) => (
    <g>
      {steps(9).map((i) => (
        <path
          key={i}
          d={`M120 128L${-60 + i * 48} -20h24Z`}
          fill={i % 2 ? p.deep : p.shape}
          opacity={i % 2 ? 1 : 0.9}
        />
      ))}
      {steps(9).map((i) => (
        <path
          key={`b${i}`}
          d={`M120 128L${-100 + i * 52} 320h28Z`}
          fill={i % 2 ? p.shape : p.deep}
          opacity={i % 2 ? 0.55 : 1}
        />
      ))}
      <circle cx="120" cy="128" r={30 + chance * 14} fill={p.spark} />
      <path d="M120 112a9 9 0 0 1 5 16.500l5 20h-20l5-20a9 9 0 0 1 5-16.500z" fill={p.ground} />
    </g>
  ),
  moons: (p, chance) => (
    <g>
      <rect width={W} height={H} fill={p.shape} opacity="0.35" />
      <circle cx={96 - chance * 14} cy="112" r="72" fill={p.deep} />
      <circle cx={150 + chance * 14} cy="128" r="72" fill={p.spark} opacity="0.86" />
      <path d={`M0 ${214 + chance * 12}Q60 190 120 214T240 210V${H}H0Z`} fill={p.shape} />
    </g>
  ),
  bars: (p, chance) => (
    <g>
      {steps(10).map((i) => {
        const tall = 50 + ((i * 61 + chance * 170) % 150);
        return (
          <rect
            key={i}
            x={12 + i * 22}
            y={226 - tall}
            width="14"
            height={tall}
            rx="7"
            fill={i % 3 ? p.shape : p.spark}
          />
        );
      })}
      <path d={`M0 226H${W}V${H}H0Z`} fill={p.deep} />
    </g>
  ),
  sunset: (p, chance) => (
    <g>
      <circle cx="120" cy="130" r={82 + chance * 10} fill={p.spark} />
      {steps(5).map((i) => (
        <rect key={i} y={120 + i * 20} width={W} height={4 + i * 3} fill={p.ground} />
      ))}
      <path d={`M0 206h${40 + chance * 40}l14-26h30l10 26H${W}V${H}H0Z`} fill={p.deep} />
      <path d={`M0 226Q120 206 ${W} 230V${H}H0Z`} fill={p.shape} />
    </g>
  ),
  rings: (p, chance) => (
    <g>
      {steps(6).map((i) => (
        <circle
          key={i}
          cx={80 + chance * 80}
          cy="118"
          r={30 + i * 28}
          fill="none"
          stroke={i % 2 ? p.shape : p.deep}
          stroke-width={12 - i}
        />
      ))}
      <circle cx={80 + chance * 80} cy="118" r="26" fill={p.spark} />
      <circle cx={80 + chance * 80 + 58} cy={118 - 44} r="12" fill={p.ink} />
    </g>
  ),
  waves: (p, chance) => (
    <g>
      <circle cx={170 - chance * 100} cy="76" r="42" fill={p.spark} />
      {steps(5).map((i) => {
        const y = 96 + i * 38;
        const lift = (i % 2 ? 1 : -1) * (14 + chance * 16);
        return (
          <path
            key={i}
            d={`M0 ${y}C60 ${y - 30 - lift} 110 ${y + 26 + lift} 160 ${y}S220 ${y - 24 - lift} 240 ${y}V${H}H0Z`}
            fill={i % 2 ? p.deep : p.shape}
            opacity={0.55 + i * 0.11}
          />
        );
      })}
    </g>
  ),
  skyline: (p, chance) => (
    <g>
      <circle cx={70 + chance * 100} cy="96" r="58" fill={p.spark} />
      {steps(9).map((i) => {
        const tall = 60 + ((i * 59 + chance * 130) % 120);
        return (
          <rect key={i} x={i * 28 - 6} y={240 - tall} width="24" height={tall + 60} fill={i % 2 ? p.deep : p.shape} />
        );
      })}
      {steps(14).map((i) => (
        <rect key={`w${i}`} x={2 + ((i * 28) % 236)} y={168 + ((i * 37) % 66)} width="5" height="8" fill={p.spark} />
      ))}
    </g>
  ),
  rays: (p, chance) => (
    <g>
      {steps(12).map((i) => (
        <path
          key={i}
          d="M0 0L-26 -340H26Z"
          transform={`translate(${90 + chance * 60} 196) rotate(${i * 30 + chance * 30})`}
          fill={i % 2 ? p.shape : p.deep}
          opacity={i % 2 ? 1 : 0.35}
        />
      ))}
      <circle cx={90 + chance * 60} cy="196" r="58" fill={p.spark} />
    </g>
  ),
};
